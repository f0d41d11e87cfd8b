package io.starling.manager;

/**
 * A socket of this process, as the server made it. A manager keeps these in its rooms and hands
 * them back through {@link LocalSockets}, so that no delivery needs a look-up. Implementations keep
 * identity equality.
 */
public interface LocalSocket {
  SocketId id();
}
