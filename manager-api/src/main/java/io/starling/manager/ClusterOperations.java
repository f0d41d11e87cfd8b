package io.starling.manager;

import io.starling.manager.protocol.EventPayload;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * What any process may ask of the whole cluster: a server, or an emitter without one. Callable from
 * any thread, never blocks.
 *
 * <p>Order: when one call returned before another is made, on any thread of this process, then the
 * first takes effect before the second on every host and for every client.
 *
 * <p>Each stage completes when the broker has accepted the operation, and fails with {@link
 * BackendUnavailableException} when it could not; the clients of this process are served in both
 * cases. An operation that is too large fails with {@link MessageTooLargeException} and changes
 * nothing. Dependent stages run on the executor that the manager was started with.
 */
public interface ClusterOperations {
  /** Sends an event to every recipient in the cluster. */
  CompletionStage<Accepted> emit(
      String namespace, Recipients recipients, EventPayload event, Set<EmitFlag> flags);

  /** Puts every recipient into these rooms. */
  CompletionStage<Accepted> socketsJoin(
      String namespace, Recipients recipients, Collection<String> rooms, Set<EmitFlag> flags);

  /** Takes every recipient out of these rooms. */
  CompletionStage<Accepted> socketsLeave(
      String namespace, Recipients recipients, Collection<String> rooms, Set<EmitFlag> flags);

  /** Empties a room. */
  CompletionStage<Accepted> closeRoom(String namespace, String room, Set<EmitFlag> flags);

  /** Disconnects every recipient from the namespace, or from the server altogether. */
  CompletionStage<Accepted> disconnectSockets(
      String namespace, Recipients recipients, boolean closeTransport, Set<EmitFlag> flags);
}
