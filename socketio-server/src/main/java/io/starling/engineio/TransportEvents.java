package io.starling.engineio;

import io.starling.engineio.protocol.EngineIoPacket;

/** What a transport tells its session. All calls on the session's loop. */
public interface TransportEvents {
  /** A packet arrived; the buffer of a message is valid during the call only. */
  void received(EngineIoPacket packet);

  /** The transport is writable again: a poll arrived, or the network took what had been written. */
  void ready();

  /** The transport ended, or its client broke a rule. */
  void failed(CloseReason reason);
}
