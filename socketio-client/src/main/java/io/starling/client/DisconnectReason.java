package io.starling.client;

/** The reason why a socket was disconnected. The texts are those of the official clients. */
public enum DisconnectReason {
  /** The server disconnected the socket. The client does not reconnect by itself. */
  SERVER_DISCONNECT("io server disconnect"),
  /** The application disconnected the socket or closed the client. */
  CLIENT_DISCONNECT("io client disconnect"),
  /** The server sent nothing for longer than its heartbeat allows. */
  PING_TIMEOUT("ping timeout"),
  /** The server, or something between, closed the connection. */
  TRANSPORT_CLOSE("transport close"),
  /** The connection broke, or an HTTP request was answered with an error. */
  TRANSPORT_ERROR("transport error"),
  /** The server sent bytes that break the protocol, or more than {@code maxPayloadBytes}. */
  PARSE_ERROR("parse error");

  private final String text;

  DisconnectReason(String text) {
    this.text = text;
  }

  /** The reason in the words that Socket.IO applications know. */
  public String text() {
    return text;
  }
}
