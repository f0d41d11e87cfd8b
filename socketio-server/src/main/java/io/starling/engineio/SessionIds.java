package io.starling.engineio;

import java.security.SecureRandom;
import java.util.Base64;

/** Ids of sessions and sockets: 15 bytes that nobody can guess, as 20 URL-safe characters. */
public final class SessionIds {
  private static final int BYTES = 15;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private SessionIds() {}

  /** A new id. Any thread. */
  public static String next() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return BASE64.encodeToString(bytes);
  }
}
