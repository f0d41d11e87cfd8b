package io.starling.engineio;

import io.starling.engineio.protocol.EngineIoPacket;

/** What a transport tells its session. All calls on the session's loop. */
public interface TransportEvents {
  /** A packet arrived; the buffer of a message is valid during the call only. */
  void received(EngineIoPacket packet);

  /**
   * The transport is writable again, since a poll arrived or the network took what had been
   * written, or a response has left.
   */
  void ready();

  /**
   * The transport ended, or its client broke a rule. One that is still {@link
   * EngineIoTransport#ready} after {@link CloseReason#TRANSPORT_CLOSE} was closed by its client,
   * and can be written to until it is closed here.
   */
  void failed(CloseReason reason);
}
