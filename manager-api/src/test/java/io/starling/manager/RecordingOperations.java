package io.starling.manager;

import io.starling.protocol.payload.EventPayload;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Writes down what is asked of it. */
final class RecordingOperations implements Operation.Performer {
  record Call(String namespace, Operation operation, Scope scope) {
    /** The JSON of the event that is sent. */
    String json() {
      return StandardCharsets.UTF_8.decode(emit().event().json().duplicate()).toString();
    }

    Set<EmitFlag> flags() {
      return emit().flags();
    }

    Operation.Emit emit() {
      return (Operation.Emit) operation;
    }
  }

  private final List<Call> calls = new ArrayList<>();

  /** The emit of this JSON, as it is written down. */
  static Call emit(Recipients recipients, String json) {
    EventPayload event = new EventPayload(StandardCharsets.UTF_8.encode(json), List.of());
    return new Call("/chat", new Operation.Emit(recipients, event), Scope.CLUSTER);
  }

  List<Call> calls() {
    return calls;
  }

  @Override
  public CompletionStage<Accepted> perform(String namespace, Operation operation, Scope scope) {
    calls.add(new Call(namespace, operation, scope));
    return CompletableFuture.completedStage(Accepted.LOCALLY);
  }
}
