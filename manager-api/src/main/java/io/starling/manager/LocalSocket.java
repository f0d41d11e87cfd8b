package io.starling.manager;

import io.starling.protocol.payload.EventPayload;
import org.jspecify.annotations.Nullable;

/**
 * A socket of this process, implemented by the server. A manager finds sockets in the {@link Rooms}
 * of a namespace and passes these objects back to the server through {@link LocalServer}, so that
 * the server need not look them up. Two sockets are equal only if they are the same object.
 */
public interface LocalSocket {
  /** Returns the public id of this socket. */
  SocketId id();

  /**
   * Returns the data that the application shares of this socket with other hosts, as a JSON array
   * with one object; null if there is none. Called on any thread. The implementation keeps the data
   * encoded, so that no user code runs here.
   */
  default @Nullable EventPayload sharedData() {
    return null;
  }
}
