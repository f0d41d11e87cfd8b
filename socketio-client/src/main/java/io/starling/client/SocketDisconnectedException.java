package io.starling.client;

/**
 * The socket was disconnected before the ack arrived that the caller waits for. The server may have
 * handled the event.
 */
public final class SocketDisconnectedException extends SocketIoClientException {
  private static final long serialVersionUID = 1L;

  SocketDisconnectedException(String namespace) {
    super("namespace: " + namespace + " disconnected (expected: the ack)", null);
  }
}
