package io.starling.protocol.engineio;

/**
 * The reason for which an Engine.IO request was refused. Clients find it in the body of the HTTP
 * response. Codes and messages are those of the official server.
 */
public enum HandshakeError {
  /** The {@code transport} parameter names no transport that the server offers. */
  UNKNOWN_TRANSPORT(0, "Transport unknown", 400),
  /** The {@code sid} parameter names no session of this server. */
  UNKNOWN_SID(1, "Session ID unknown", 400),
  /** The request would open a session, but its method is not GET. */
  BAD_HANDSHAKE_METHOD(2, "Bad handshake method", 400),
  /** The request does not fit the state of its session, or its origin is not allowed. */
  BAD_REQUEST(3, "Bad request", 400),
  /** The application's {@code allowRequest} refused the client. */
  FORBIDDEN(4, "Forbidden", 403),
  /** The {@code EIO} parameter is not 4. */
  UNSUPPORTED_PROTOCOL_VERSION(5, "Unsupported protocol version", 400);

  private final int code;
  private final String message;
  private final int status;

  HandshakeError(int code, String message, int status) {
    this.code = code;
    this.message = message;
    this.status = status;
  }

  /** The number of the error in the response. */
  public int code() {
    return code;
  }

  /** The text of the error in the response. */
  public String message() {
    return message;
  }

  /** The HTTP status of the response. */
  public int status() {
    return status;
  }

  /** The body of the HTTP response: a JSON object with code and message. */
  public String json() {
    return "{\"code\":" + code + ",\"message\":\"" + message + "\"}";
  }
}
