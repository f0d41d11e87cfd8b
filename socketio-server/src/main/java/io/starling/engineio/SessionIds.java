package io.starling.engineio;

import java.security.SecureRandom;
import java.util.Base64;

/** Session ids: 15 bytes that nobody can guess, as 20 characters of URL-safe base64. */
final class SessionIds {
  private static final int BYTES = 15;
  private static final SecureRandom RANDOM = new SecureRandom();

  private SessionIds() {}

  static String next() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
