package io.starling.engineio;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

/**
 * Makes the ids of sessions and sockets: 15 bytes of a {@link SecureRandom}, which nobody can
 * guess, as 20 URL-safe characters of base64.
 */
public final class SessionIds {
  private static final int BYTES = 15;
  private static final int CHARACTERS = 20;
  private static final int AHEAD = 32;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
  private static final ThreadLocal<SessionIds> OF_THREAD = ThreadLocal.withInitial(SessionIds::new);

  /**
   * Random bytes for the next ids. They are fetched for many ids at once, since each call of the
   * generator takes a lock and leaves garbage. Only the thread that owns this object uses them.
   */
  private final byte[] random = new byte[AHEAD * BYTES];

  private final byte[] bytes = new byte[BYTES];
  private final byte[] text = new byte[CHARACTERS];
  private int used = random.length;

  private SessionIds() {}

  /** A new id. Any thread. */
  public static String next() {
    return OF_THREAD.get().nextOfThread();
  }

  private String nextOfThread() {
    if (used == random.length) {
      RANDOM.nextBytes(random);
      used = 0;
    }
    System.arraycopy(random, used, bytes, 0, BYTES);
    Arrays.fill(random, used, used + BYTES, (byte) 0);
    used += BYTES;
    BASE64.encode(bytes, text);
    return new String(text, StandardCharsets.ISO_8859_1);
  }
}
