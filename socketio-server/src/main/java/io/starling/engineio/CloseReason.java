package io.starling.engineio;

/**
 * The reason for which an Engine.IO session ended. Socket.IO applications know {@link #text} as the
 * disconnect reason.
 */
public enum CloseReason {
  /** The client did not answer a ping in time. */
  PING_TIMEOUT("ping timeout"),
  /** The client closed the connection or announced that with a close packet. */
  TRANSPORT_CLOSE("transport close"),
  /** The connection was lost, or the client violated a rule of its transport. */
  TRANSPORT_ERROR("transport error"),
  /** The client sent bytes that are not an Engine.IO packet. */
  PARSE_ERROR("parse error"),
  /** The layer above, which is Socket.IO, refused a message of the client as invalid. */
  FORCED_CLOSE("forced close"),
  /** The layer above, which is Socket.IO, ended the session or failed. */
  FORCED_SERVER_CLOSE("forced server close"),
  /** The server is being closed. */
  SERVER_SHUTTING_DOWN("server shutting down"),
  /**
   * The client did not take the bytes that waited for it, or too many bytes waited for all clients
   * together. See {@link EngineIoConfig#maxQueuedBytes} and {@link
   * EngineIoConfig#maxQueuedBytesTotal}.
   */
  SLOW_CONSUMER("slow consumer");

  private final String text;

  CloseReason(String text) {
    this.text = text;
  }

  /**
   * Whether the client still gets the messages that wait for it. A WebSocket client whose message
   * was refused ({@link #FORCED_CLOSE}) gets the close frame at once instead. For a polling client
   * between two polls, see {@link #awaitsPoll}.
   */
  boolean leavesTheRest(TransportKind kind) {
    return switch (this) {
      case TRANSPORT_CLOSE, FORCED_SERVER_CLOSE, SERVER_SHUTTING_DOWN -> true;
      case FORCED_CLOSE -> kind == TransportKind.POLLING;
      case PING_TIMEOUT, TRANSPORT_ERROR, PARSE_ERROR, SLOW_CONSUMER -> false;
    };
  }

  /**
   * Whether a session ends only with the client's next poll if no poll is pending now. That poll
   * fetches the remaining messages, or the close packet if none remain. For other reasons such a
   * session ends at once.
   */
  boolean awaitsPoll() {
    return this == FORCED_CLOSE || this == FORCED_SERVER_CLOSE;
  }

  /** The text of the reason. It is the official server's where that server has the reason. */
  public String text() {
    return text;
  }
}
