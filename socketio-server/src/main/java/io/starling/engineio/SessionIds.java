package io.starling.engineio;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

/** Ids of sessions and sockets: 15 bytes that nobody can guess, as 20 URL-safe characters. */
public final class SessionIds {
  private static final int BYTES = 15;
  private static final int STOCK = 64 * BYTES;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  /** The generator mixes and locks at every call, so it is asked for many ids at once. */
  private static final byte[] STOCKED = new byte[STOCK];

  private static int taken = STOCK;

  private SessionIds() {}

  /** A new id. Any thread. */
  public static String next() {
    return BASE64.encodeToString(bytes());
  }

  private static synchronized byte[] bytes() {
    if (taken == STOCK) {
      RANDOM.nextBytes(STOCKED);
      taken = 0;
    }
    byte[] id = Arrays.copyOfRange(STOCKED, taken, taken + BYTES);
    Arrays.fill(STOCKED, taken, taken + BYTES, (byte) 0);
    taken += BYTES;
    return id;
  }
}
