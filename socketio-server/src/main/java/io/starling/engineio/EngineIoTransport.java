package io.starling.engineio;

import io.starling.engineio.protocol.EngineIoPacket;
import java.util.function.LongConsumer;

/**
 * The port down: one way to move packets between a session and its client. All calls come on the
 * session's loop, and so do the transport's calls of its {@link TransportEvents}.
 */
public interface EngineIoTransport {
  /** Which transport this is. */
  TransportKind kind();

  /** Who hears what arrives from now on. */
  void bind(TransportEvents events);

  /**
   * Whether packets can be written now; false for a polling transport without a pending poll, and
   * for a WebSocket that has sent its close frame or has ended.
   */
  boolean ready();

  /**
   * Whether the client keeps up, so that more should be written. A transport that is not writable
   * takes packets while it is {@link #ready}, but messages wait in the session until {@link
   * TransportEvents#ready}.
   */
  boolean writable();

  /**
   * Stops or goes on taking what the client sends; at first it is taken. A little that has arrived
   * may still be handed on.
   */
  void read(boolean on);

  /** How many bytes were written and have not left for the network. */
  long pendingBytes();

  /**
   * Tells, on the session's loop and perhaps at once, a number that is another one than at the last
   * call if the network has taken a byte since then.
   */
  void progress(LongConsumer then);

  /**
   * Makes what {@link #write(Delivery)} will need of a message that is written later.
   *
   * @return false if that is the message itself
   */
  default boolean prepare(Delivery delivery) {
    return false;
  }

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
   * Ends the transport after what was written, telling the client why as far as the transport can.
   * Of its events it tells at most that it is ready or has failed. Closing again does nothing,
   * unless it is for {@link CloseReason#SLOW_CONSUMER}, which drops what has not left.
   */
  void close(CloseReason reason);

  /** Ends a transport whose session goes on over another one. */
  void discard();
}
