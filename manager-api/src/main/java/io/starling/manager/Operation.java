package io.starling.manager;

import io.starling.protocol.payload.EventPayload;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * An operation on the sockets of one namespace that needs no answer. A {@link Performer} carries it
 * out. On the bus, operations travel to the other hosts as they are.
 */
public sealed interface Operation {
  /** Returns the sockets that the operation addresses. */
  default Recipients recipients() {
    return Recipients.ALL;
  }

  /**
   * Carries out operations. Managers and emitters implement this interface. It may be called from
   * any thread and never blocks.
   */
  @FunctionalInterface
  interface Performer {
    /**
     * Carries out one operation.
     *
     * <p>Order: if one call returned before another call began, on any threads of this process,
     * then the first operation takes effect before the second on every host and for every client.
     *
     * @return completes when the broker has confirmed the operation. Fails with {@link
     *     BackendUnavailableException} when the broker did not, and with {@link
     *     MessageTooLargeException} when the operation is too large. The clients of this process
     *     are served first and do not wait for the broker; with {@link Scope#LOCAL} the operation
     *     stops there. Dependent stages run on the executor that the manager or emitter was created
     *     or started with
     */
    CompletionStage<Accepted> perform(String namespace, Operation operation, Scope scope);
  }

  /**
   * Sends an event to every recipient.
   *
   * @param event the name and the arguments
   * @param flags how the event is delivered
   */
  record Emit(Recipients recipients, EventPayload event, Set<EmitFlag> flags) implements Operation {
    /** An emit without flags. */
    public Emit(Recipients recipients, EventPayload event) {
      this(recipients, event, Set.of());
    }
  }

  /** Puts every recipient into these rooms. */
  record Join(Recipients recipients, Set<String> rooms) implements Operation {
    public Join {
      rooms = Set.copyOf(rooms);
    }
  }

  /** Takes every recipient out of these rooms. */
  record Leave(Recipients recipients, Set<String> rooms) implements Operation {
    public Leave {
      rooms = Set.copyOf(rooms);
    }
  }

  /** Takes every socket out of a room. A socket cannot leave the room of its own id. */
  record CloseRoom(String room) implements Operation {}

  /**
   * Disconnects every recipient from the namespace.
   *
   * @param closeTransport whether to close the client's connection as well, which ends the client's
   *     sockets in all other namespaces
   */
  record Disconnect(Recipients recipients, boolean closeTransport) implements Operation {}

  /**
   * Gives an event to the servers of all hosts except the origin. It keeps its order among emits.
   *
   * @param origin the host that sends the event
   * @param event the name and the arguments
   */
  record ServerEvent(HostId origin, EventPayload event) implements Operation {}
}
