package io.starling.manager;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * The id of a host: one process of the cluster, from its start to its end. A process that restarts
 * gets a new id.
 *
 * @param value 1 to 64 characters of {@code A-Z a-z 0-9 - _}. Every broker allows these characters
 *     in the names of its channels
 */
public record HostId(String value) {
  /** The id that stands for hosts that are not known, where a result must list them. */
  public static final HostId UNKNOWN = new HostId("unknown");

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int RANDOM_BYTES = 15;
  private static final int MAX_LENGTH = 64;

  public HostId {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          "host id: " + value + " (expected: 1 to 64 characters of A-Z a-z 0-9 - _)");
    }
  }

  /** Returns a new random id of 20 characters, which encode 120 random bits. */
  public static HostId random() {
    byte[] bytes = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(bytes);
    return new HostId(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /** Returns whether a text may be the value of an id. */
  public static boolean isValid(String value) {
    return !value.isEmpty()
        && value.length() <= MAX_LENGTH
        && value.chars().allMatch(c -> c == '-' || c == '_' || (c < 128 && isAlphanumeric(c)));
  }

  private static boolean isAlphanumeric(int c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  }

  @Override
  public String toString() {
    return value;
  }
}
