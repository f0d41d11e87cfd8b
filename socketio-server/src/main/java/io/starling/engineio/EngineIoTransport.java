package io.starling.engineio;

import io.starling.protocol.engineio.EngineIoPacket;
import java.util.function.LongConsumer;

/**
 * A connection that carries the packets of a session, such as a WebSocket or HTTP long-polling.
 * Sessions call carriers through this interface. All calls come on the session's event loop. The
 * transport calls its {@link TransportEvents} on that loop, too.
 */
public interface EngineIoTransport {
  /** The kind of this transport. */
  TransportKind kind();

  /** Sets the receiver of packets and events from now on. */
  void bind(TransportEvents events);

  /**
   * Whether packets can be written now. A polling transport is ready while a poll is pending. A
   * WebSocket is ready until it has sent its close frame or has ended.
   */
  boolean ready();

  /**
   * Whether the client keeps up. If not, messages wait in the session until {@link
   * TransportEvents#ready}. A transport that is {@link #ready} but not writable still takes packets
   * such as pings.
   */
  boolean writable();

  /**
   * Stops or resumes reading from the client. A new transport reads. After a stop, a few packets
   * that have arrived already may still come.
   *
   * @param on false stops reading, true resumes it
   */
  void read(boolean on);

  /** The bytes that were written to this transport and have not left for the network. */
  long pendingBytes();

  /**
   * Asks whether the client takes bytes. The answer is a number that differs from the last answer
   * if the network has taken a byte in between.
   *
   * @param then gets the number on the session's loop, perhaps before this call returns
   */
  void progress(LongConsumer then);

  /**
   * Encodes a message that waits in the session and will be written later.
   *
   * @return true if {@link #write(Delivery)} will need only the encoded form; false if it will need
   *     the message itself
   */
  default boolean prepare(Delivery delivery) {
    return false;
  }

  /**
   * Writes a packet, which leaves with the next {@link #flush}. To be called only while {@link
   * #ready}.
   *
   * @param compress whether a transport that compresses may compress it
   */
  void write(EngineIoPacket packet, boolean compress);

  /** Writes a packet that may be compressed; see {@link #write(EngineIoPacket, boolean)}. */
  default void write(EngineIoPacket packet) {
    write(packet, true);
  }

  /**
   * Writes a message, which leaves with the next {@link #flush}. To be called only while {@link
   * #ready}.
   */
  default void write(Delivery delivery) {
    OutboundMessage message = delivery.message();
    message.packets().forEach(packet -> write(packet, message.compress()));
  }

  /** Sends all packets that were written. */
  void flush();

  /**
   * Whether a flush is just a system call that reaches the network at once. Such a flush calls no
   * {@link TransportEvents}.
   */
  default boolean flushesAtOnce() {
    return false;
  }

  /**
   * Ends the transport after the packets that were written, and tells the client so with a close
   * packet or close frame if possible. {@link CloseReason#SLOW_CONSUMER} closes the connection at
   * once and drops bytes that have not left. After this call, only {@link TransportEvents#ready}
   * and {@link TransportEvents#failed} may still come. A second call has an effect only with {@code
   * SLOW_CONSUMER}.
   */
  void close(CloseReason reason);

  /** Ends this transport after an upgrade; the session goes on over another transport. */
  void discard();
}
