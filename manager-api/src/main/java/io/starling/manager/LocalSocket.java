package io.starling.manager;

import io.starling.manager.protocol.EventPayload;
import org.jspecify.annotations.Nullable;

/**
 * A socket of this process, as the server made it. A manager finds it in the {@link Rooms} of its
 * namespace and hands it back through {@link LocalSockets}, so that no delivery needs a look-up.
 * Implementations keep identity equality.
 */
public interface LocalSocket {
  SocketId id();

  /**
   * What the application shares of it with other hosts: an array with one object; null for nothing.
   * Any thread; encoded before.
   */
  default @Nullable EventPayload sharedData() {
    return null;
  }
}
