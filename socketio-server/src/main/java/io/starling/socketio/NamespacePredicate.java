package io.starling.socketio;

/** Judges whether a client may have a namespace that nobody declared by name. */
@FunctionalInterface
public interface NamespacePredicate {
  /**
   * Called on a handler thread for every client that asks, also where the namespace exists by then;
   * may block.
   *
   * @param name with its leading slash
   * @return whether the namespace is for this client; false leaves it to the next predicate
   * @throws ConnectRefusedException to tell the client why not
   * @throws Exception refuses the client with a message that tells nothing, and is reported to the
   *     {@link SocketIoListener}
   */
  boolean test(String name, Handshake handshake) throws Exception;
}
