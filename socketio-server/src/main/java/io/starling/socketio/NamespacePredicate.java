package io.starling.socketio;

/**
 * Decides whether a client may use a namespace that no {@link SocketIoServer#of(String)} declared.
 */
@FunctionalInterface
public interface NamespacePredicate {
  /**
   * Called on a handler thread for every client that asks for the namespace, even if other clients
   * are in it already. May block.
   *
   * @param name the name of the namespace, with its leading slash
   * @return true if this client may use the namespace; false to ask the next predicate
   * @throws ConnectRefusedException to refuse the client with a reason that is sent to it
   * @throws Exception refuses the client with a message that does not tell the reason, and is
   *     reported to the {@link SocketIoListener}
   */
  boolean test(String name, Handshake handshake) throws Exception;
}
