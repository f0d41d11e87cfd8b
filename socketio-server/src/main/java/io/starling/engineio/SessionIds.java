package io.starling.engineio;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

/**
 * Makes the ids of sessions and sockets: 15 bytes of a {@link SecureRandom}, which nobody can
 * guess, as 20 URL-safe characters of base64.
 */
public final class SessionIds {
  private static final int BYTES = 15;
  private static final int AHEAD = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * Random bytes for the next ids of each thread. They are fetched for many ids at once, since each
   * call of the generator takes a lock and leaves garbage.
   */
  private static final ThreadLocal<ByteBuffer> OF_THREAD =
      ThreadLocal.withInitial(() -> ByteBuffer.allocate(0));

  private SessionIds() {}

  /** A new id. Any thread. */
  public static String next() {
    ByteBuffer random = OF_THREAD.get();
    if (!random.hasRemaining()) {
      byte[] ahead = new byte[AHEAD * BYTES];
      RANDOM.nextBytes(ahead);
      random = ByteBuffer.wrap(ahead);
      OF_THREAD.set(random);
    }
    byte[] id = new byte[BYTES];
    random.get(id);
    // An id is a secret, so its bytes are not kept.
    Arrays.fill(random.array(), random.position() - BYTES, random.position(), (byte) 0);
    return Base64.getUrlEncoder().encodeToString(id);
  }
}
