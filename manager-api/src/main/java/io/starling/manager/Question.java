package io.starling.manager;

import io.starling.protocol.payload.EventPayload;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * A question about one namespace that hosts answer. An {@link Asker} asks it and gathers the
 * answers.
 *
 * @param <A> the type of all answers together
 */
public sealed interface Question<A> {
  /** Returns the sockets that the question is about. */
  default Recipients recipients() {
    return Recipients.ALL;
  }

  /**
   * Asks questions. Managers implement this interface, and emitters with replies do. It may be
   * called from any thread and never blocks.
   */
  @FunctionalInterface
  interface Asker {
    /**
     * Asks a question and gathers the answers of the hosts. A question never fails because a host
     * is slow: the result lists the hosts that did not answer.
     *
     * @param scope whether only this process is asked
     * @param timeout positive. When it has passed, the stage completes with the answers so far
     */
    <A> CompletionStage<A> ask(
        String namespace, Question<A> question, Scope scope, Duration timeout);
  }

  /** Sends an event to every recipient and collects the acknowledgements of the clients. */
  record EmitWithAck(Operation.Emit emit) implements Question<AckResponses<EventPayload>> {
    @Override
    public Recipients recipients() {
      return emit.recipients();
    }
  }

  /**
   * Which sockets of each host are among the recipients.
   *
   * @param projection the properties to fetch beside the ids
   */
  record FetchSockets(Recipients recipients, Set<Projection> projection)
      implements Question<HostResponses<List<RemoteSocket<EventPayload>>>> {}

  /** How many sockets of each host are among the recipients. */
  record Count(Recipients recipients) implements Question<HostResponses<Integer>> {}

  /**
   * Which host a socket is connected to. The stage completes with the host as soon as that host
   * answers. It completes with empty when no host that answered in time has the socket. It fails
   * with a {@link BackendUnavailableException} when no answer names the socket and this host could
   * not ask all others.
   */
  record Find(SocketId socket) implements Question<Optional<HostId>> {
    @Override
    public Recipients recipients() {
      return Recipients.socket(socket);
    }
  }

  /** Gives an event to the servers of all other hosts and collects their replies. */
  record ServerEventWithReply(Operation.ServerEvent event)
      implements Question<HostResponses<EventPayload>> {}
}
