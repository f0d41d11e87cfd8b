package io.starling.engineio;

import io.starling.engineio.protocol.EngineIoPacket;

/**
 * The port down: one way to move packets between a session and its client. All calls come on the
 * session's loop, and so do the transport's calls of its {@link TransportEvents}.
 */
public interface EngineIoTransport {
  /** Which transport this is. */
  TransportKind kind();

  /** Who hears what arrives from now on. */
  void bind(TransportEvents events);

  /** Whether packets can be written now; false for a polling transport without a pending poll. */
  boolean ready();

  /** Whether the client keeps up, so that a message that may be dropped need not be. */
  boolean writable();

  /** How many bytes were written and have not left for the network. */
  long pendingBytes();

  /**
   * Takes a packet while {@link #ready}; it leaves with the next {@link #flush}.
   *
   * @param compress whether a transport that compresses may compress it
   */
  void write(EngineIoPacket packet, boolean compress);

  /** Takes a packet that may be compressed. */
  default void write(EngineIoPacket packet) {
    write(packet, true);
  }

  /** Takes a message while {@link #ready}; it leaves with the next {@link #flush}. */
  default void write(Delivery delivery) {
    OutboundMessage message = delivery.message();
    message.packets().forEach(packet -> write(packet, message.compress()));
  }

  /** Sends what was written. */
  void flush();

  /**
   * Whether a flush reaches the network at once for no more than a system call, and calls nobody
   * back.
   */
  default boolean flushesAtOnce() {
    return false;
  }

  /**
   * Sends what was written, and runs a task on the session's loop, perhaps at once, when all of it
   * has been offered to the network. At once is right for a transport that lives on that loop.
   */
  default void settle(Runnable then) {
    flush();
    then.run();
  }

  /**
   * Ends the transport after what was written, telling the client why as far as the transport can.
   * Says nothing more to its events. Closing again does nothing.
   */
  void close(CloseReason reason);

  /** Ends a transport whose session goes on over another one. */
  void discard();
}
