package io.starling.manager;

import io.starling.protocol.payload.EventPayload;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The operations of the server that a manager calls to reach the sockets of its own process. The
 * server implements this interface, and a manager calls it from any thread.
 *
 * <p>An implementation never blocks and ignores a socket that has disconnected. It applies the
 * calls of one thread to each socket in the order of the calls. The iterable of recipients holds
 * each socket once. The iterable and the buffers of the payload are valid during the call only,
 * because a manager may pass a buffer that its broker client reuses.
 */
public interface LocalServer {
  /**
   * Returns the sockets of a namespace and their rooms.
   *
   * @return null when this server does not have the namespace and so has no sockets in it
   */
  @Nullable Rooms rooms(String namespace);

  /** Sends an event to these sockets. */
  void send(String namespace, Iterable<? extends LocalSocket> recipients, Operation.Emit emit);

  /**
   * Sends an event to these sockets and passes the answer of each of them to the collector.
   *
   * @return how many sockets the event was sent to. The collector is called exactly once for each
   *     of them, perhaps before this method returns
   */
  int sendExpectingAck(
      String namespace,
      Iterable<? extends LocalSocket> recipients,
      Operation.Emit emit,
      Duration timeout,
      AckCollector collector);

  /**
   * Disconnects these sockets from the namespace. A client first gets everything that was sent to
   * it before.
   *
   * @param closeTransport whether to close the client's connection as well, which ends the client's
   *     sockets in all other namespaces
   */
  void disconnect(
      String namespace, Iterable<? extends LocalSocket> recipients, boolean closeTransport);

  /**
   * Returns how many bytes of events wait in the queues of the server's event loops. Above 64 MiB a
   * manager refuses emits of this process and stops reading from the broker. It accepts emits again
   * at 64 MiB, and reads again below 32 MiB.
   */
  default long backlogBytes() {
    return 0;
  }

  /**
   * Handles an event that the server of another host sent to the servers of all other hosts. The
   * default implementation has no handler.
   *
   * @param origin the host that sent the event
   * @param event the name and the arguments; its buffers stay valid after the call
   * @param reply takes the answer; null when the sender wants no answer
   */
  default void serverEvent(
      String namespace, HostId origin, EventPayload event, @Nullable ServerReply reply) {
    if (reply != null) {
      reply.refused(MissingHost.Reason.NO_HANDLER);
    }
  }

  /**
   * Takes the answer to one server event. Exactly one of the methods is called, once, on any
   * thread. Neither blocks.
   */
  interface ServerReply {
    /** The handler of the event answered. */
    void answered(EventPayload answer);

    /**
     * There is no answer.
     *
     * @param reason {@code NO_HANDLER} or {@code FAILED}
     */
    void refused(MissingHost.Reason reason);
  }

  /**
   * Takes the answers of the sockets to one emit. The server calls it on any thread, and an
   * implementation must not block. The buffers of an answer stay valid after the call.
   */
  @FunctionalInterface
  interface AckCollector {
    /**
     * The client of one socket answered, disconnected, or let the time-out pass.
     *
     * @param answer the arguments of the client's acknowledgement; null when the client
     *     disconnected or did not answer in time
     */
    void completed(SocketId socket, @Nullable EventPayload answer);
  }
}
