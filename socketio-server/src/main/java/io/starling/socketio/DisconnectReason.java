package io.starling.socketio;

/** Why a socket left its namespace. The text is that of the official server where it has one. */
public enum DisconnectReason {
  /** The server disconnected the socket, in this or another process. */
  SERVER_NAMESPACE_DISCONNECT("server namespace disconnect"),
  /** The client left the namespace. */
  CLIENT_NAMESPACE_DISCONNECT("client namespace disconnect"),
  /** The server is being closed. */
  SERVER_SHUTTING_DOWN("server shutting down"),
  /** The client did not answer a ping in time. */
  PING_TIMEOUT("ping timeout"),
  /** The client closed the connection. */
  TRANSPORT_CLOSE("transport close"),
  /** The connection broke. */
  TRANSPORT_ERROR("transport error"),
  /** The client sent bytes that are no Engine.IO packet. */
  PARSE_ERROR("parse error"),
  /** The client broke the Socket.IO protocol. */
  FORCED_CLOSE("forced close"),
  /** The client joined no namespace in time, or sent events faster than they were handled. */
  FORCED_SERVER_CLOSE("forced server close"),
  /** The client did not take what waited for it, or too much waited for all clients. */
  SLOW_CONSUMER("slow consumer");

  private final String text;

  DisconnectReason(String text) {
    this.text = text;
  }

  /** The reason in the words that Socket.IO applications know. */
  public String text() {
    return text;
  }

  /** Whether this server ended it, so that events still waiting are dropped. */
  public boolean byServer() {
    return this == SERVER_NAMESPACE_DISCONNECT
        || this == SERVER_SHUTTING_DOWN
        || this == FORCED_SERVER_CLOSE;
  }
}
