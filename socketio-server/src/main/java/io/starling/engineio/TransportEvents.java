package io.starling.engineio;

import io.starling.protocol.engineio.EngineIoPacket;

/** The callbacks through which a transport reports to its session, on the session's event loop. */
public interface TransportEvents {
  /** A packet arrived. The buffer of a message is valid only during the call. */
  void received(EngineIoPacket packet);

  /**
   * The transport may be writable again, or holds fewer bytes: a poll arrived, a response to a poll
   * has left for the network, or the network took the bytes of a WebSocket.
   */
  void ready();

  /**
   * The transport ended, or its client broke a rule. If the reason is {@link
   * CloseReason#TRANSPORT_CLOSE} and the transport is still {@link EngineIoTransport#ready}, the
   * client has sent its close frame but still reads. Then packets can be written until the session
   * closes the transport.
   */
  void failed(CloseReason reason);
}
