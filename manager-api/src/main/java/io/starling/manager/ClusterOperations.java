package io.starling.manager;

import io.starling.protocol.payload.EventPayload;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * The operations on the sockets of the whole cluster that need no answer. Servers and emitters
 * offer them. They may be called from any thread and never block.
 *
 * <p>Order: if one call returned before another call began, on any threads of this process, then
 * the first operation takes effect before the second on every host and for every client.
 *
 * <p>The stage of an operation completes when the broker has confirmed the operation. It fails with
 * {@link BackendUnavailableException} when the broker did not, and with {@link
 * MessageTooLargeException} when the operation is too large. The clients of this process are served
 * first and do not wait for the broker. An operation with {@link EmitFlag#LOCAL} stops there.
 * Dependent stages run on the executor that the manager or emitter was created or started with.
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

  /** Takes every socket out of a room. A socket cannot leave the room of its own id. */
  CompletionStage<Accepted> closeRoom(String namespace, String room, Set<EmitFlag> flags);

  /**
   * Disconnects every recipient from the namespace.
   *
   * @param closeTransport whether to close the client's connection as well, which ends the client's
   *     sockets in all other namespaces
   */
  CompletionStage<Accepted> disconnectSockets(
      String namespace, Recipients recipients, boolean closeTransport, Set<EmitFlag> flags);
}
