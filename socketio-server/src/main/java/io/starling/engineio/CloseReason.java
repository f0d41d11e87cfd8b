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

  /** The text of the reason, as the official server words it where it has one. */
  public String text() {
    return text;
  }
}
