package io.starling.socketio;

/** A server could not start. The message names the setting to change and holds no credentials. */
public final class ServerStartException extends RuntimeException {
  /** Names what could not be had; the message holds no credentials. */
  public ServerStartException(String message, Throwable cause) {
    super(message, cause);
  }
}
