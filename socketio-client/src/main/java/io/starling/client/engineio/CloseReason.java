package io.starling.client.engineio;

/** Why a connection ended. */
public enum CloseReason {
  /** This side closed the connection. */
  CLIENT,
  /** The server sent nothing for longer than its heartbeat allows. */
  PING_TIMEOUT,
  /** The server closed the session. */
  TRANSPORT_CLOSE,
  /** The network, HTTP or the WebSocket failed. */
  TRANSPORT_ERROR,
  /** The server sent malformed or too long packets. */
  PARSE_ERROR
}
