package io.starling.client;

/**
 * An event was not sent and will not be: the socket is not connected and {@link OfflineEmits#FAIL}
 * is set, too much waits already, or the client is closed. The caller may try again later.
 */
public final class EmitRefusedException extends SocketIoClientException {
  private static final long serialVersionUID = 1L;

  EmitRefusedException(String message) {
    super(message, null);
  }
}
