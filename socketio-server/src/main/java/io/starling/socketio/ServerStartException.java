package io.starling.socketio;

/**
 * A server could not start. The message says in one line which setting or resource was at fault and
 * what was expected. It contains no credentials.
 */
public final class ServerStartException extends RuntimeException {
  /**
   * A failed start.
   *
   * @param message what was wrong and what was expected; must not contain credentials
   */
  public ServerStartException(String message, Throwable cause) {
    super(message, cause);
  }
}
