package io.starling.manager;

import io.starling.manager.protocol.EventPayload;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a manager may ask of the server in its own process. Implemented by the server; called from
 * any thread. Never blocks, never throws for a socket that is gone, and applies the calls of one
 * thread to each socket in their order. The iterables and the payload's buffers are valid during
 * the call only (a manager may pass a broker's own buffer); a socket appears once.
 */
public interface LocalSockets {
  /**
   * The sockets of a namespace and their rooms.
   *
   * @return null when this server does not have the namespace; nobody in it can be reached then
   */
  @Nullable Rooms rooms(String namespace);

  /** Sends an event to these sockets. */
  void send(
      String namespace,
      Iterable<? extends LocalSocket> recipients,
      EventPayload event,
      Set<EmitFlag> flags);

  /**
   * Sends an event to these sockets and tells the collector what each of them answers.
   *
   * @return how many sockets were asked; the collector hears of each exactly once, also when this
   *     is still running
   */
  int sendExpectingAck(
      String namespace,
      Iterable<? extends LocalSocket> recipients,
      EventPayload event,
      Set<EmitFlag> flags,
      Duration timeout,
      AckCollector collector);

  /**
   * Disconnects these sockets from the namespace after everything that was sent to them before.
   *
   * @param closeTransport also ends the connection below, and with it all its namespaces
   */
  void disconnect(
      String namespace, Iterable<? extends LocalSocket> recipients, boolean closeTransport);

  /**
   * How many bytes were handed to event loops that have not come to them yet. Above 64 MiB a
   * manager refuses emits of this process and asks the broker for no more, until it is below 32
   * MiB.
   */
  default long backlogBytes() {
    return 0;
  }

  /**
   * An event that the server of another host sent to the servers of all others.
   *
   * @param event name and arguments; its buffers stay valid
   * @param reply null when no answer is wanted
   */
  default void serverEvent(
      String namespace, HostId origin, EventPayload event, @Nullable ServerReply reply) {
    if (reply != null) {
      reply.refused(MissingHost.Reason.NO_HANDLER);
    }
  }

  /** Takes the answer to one server event, once. Any thread; does not block. */
  interface ServerReply {
    void answered(EventPayload answer);

    /** {@code NO_HANDLER} or {@code FAILED}. */
    void refused(MissingHost.Reason reason);
  }

  /**
   * Hears the answers to one emit. Called on any thread; must not block. The answer's buffers must
   * stay valid.
   */
  @FunctionalInterface
  interface AckCollector {
    /**
     * One socket is done.
     *
     * @param answer what the client answered, or null when it left or did not answer in time
     */
    void completed(SocketId socket, @Nullable EventPayload answer);
  }
}
