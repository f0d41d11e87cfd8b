package io.starling.socketio.internal;

import io.starling.manager.SocketId;
import java.security.SecureRandom;
import java.util.Base64;

/** Makes the ids of sockets: 20 characters, 120 random bits, not to be guessed. */
final class SocketIds {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int BYTES = 15;

  private SocketIds() {}

  static SocketId next() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return new SocketId(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }
}
