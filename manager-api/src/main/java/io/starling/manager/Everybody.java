package io.starling.manager;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * All sockets of one namespace, in all processes of the cluster. The operations are those of {@link
 * #broadcast()}.
 */
public interface Everybody extends Broadcaster {
  /** Sends an event to all sockets, as {@link BroadcastOperator#emit} does. */
  default CompletionStage<Accepted> emit(String event, @Nullable Object... arguments) {
    return broadcast().emit(event, arguments);
  }

  /** The same as {@link #emit} with the event {@code message}. */
  default CompletionStage<Accepted> send(@Nullable Object... arguments) {
    return broadcast().send(arguments);
  }

  /** Puts all sockets into these rooms. */
  default CompletionStage<Accepted> socketsJoin(String... rooms) {
    return broadcast().socketsJoin(rooms);
  }

  /** Takes all sockets out of these rooms. */
  default CompletionStage<Accepted> socketsLeave(String... rooms) {
    return broadcast().socketsLeave(rooms);
  }

  /** Disconnects all sockets, as {@link BroadcastOperator#disconnectSockets} does. */
  default CompletionStage<Accepted> disconnectSockets(boolean close) {
    return broadcast().disconnectSockets(close);
  }
}
