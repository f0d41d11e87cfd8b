package io.starling.engineio;

/** Why a session ended. The text is what Socket.IO applications know as the disconnect reason. */
public enum CloseReason {
  /** The client did not answer a ping in time. */
  PING_TIMEOUT("ping timeout"),
  /** The client closed the connection, or said that it would. */
  TRANSPORT_CLOSE("transport close"),
  /** The connection broke, or the client broke a rule of its transport. */
  TRANSPORT_ERROR("transport error"),
  /** The client sent bytes that are no Engine.IO packet. */
  PARSE_ERROR("parse error"),
  /** The layer above refused what the client sent. */
  FORCED_CLOSE("forced close"),
  /** The layer above gave the client up. */
  FORCED_SERVER_CLOSE("forced server close"),
  /** The server is being closed. */
  SERVER_SHUTTING_DOWN("server shutting down"),
  /** The client did not take what waited for it, or too much waited for all clients. */
  SLOW_CONSUMER("slow consumer");

  private final String text;

  CloseReason(String text) {
    this.text = text;
  }

  /**
   * Whether the client still gets what waits for it. One that broke a rule over a WebSocket hears
   * of that without delay instead.
   */
  boolean leavesTheRest(TransportKind kind) {
    return switch (this) {
      case TRANSPORT_CLOSE, FORCED_SERVER_CLOSE, SERVER_SHUTTING_DOWN -> true;
      case FORCED_CLOSE -> kind == TransportKind.POLLING;
      case PING_TIMEOUT, TRANSPORT_ERROR, PARSE_ERROR, SLOW_CONSUMER -> false;
    };
  }

  /** Whether a polling client without a pending poll is told with its next one. */
  boolean awaitsPoll() {
    return this == FORCED_CLOSE || this == FORCED_SERVER_CLOSE;
  }

  /** The text of the reason, as the official server words it where it has one. */
  public String text() {
    return text;
  }
}
