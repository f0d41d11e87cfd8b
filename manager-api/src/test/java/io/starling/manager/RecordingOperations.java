package io.starling.manager;

import io.starling.protocol.payload.EventPayload;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Writes down what is asked of it. */
final class RecordingOperations implements ClusterOperations {
  record Call(
      String what, String namespace, Recipients recipients, Object detail, Set<EmitFlag> flags) {}

  private final List<Call> calls = new ArrayList<>();

  List<Call> calls() {
    return calls;
  }

  @Override
  public CompletionStage<Accepted> emit(
      String namespace, Recipients recipients, EventPayload event, Set<EmitFlag> flags) {
    String text = StandardCharsets.UTF_8.decode(event.json()).toString();
    return record(new Call("emit", namespace, recipients, text, flags));
  }

  @Override
  public CompletionStage<Accepted> socketsJoin(
      String namespace, Recipients recipients, Collection<String> rooms, Set<EmitFlag> flags) {
    return record(new Call("join", namespace, recipients, rooms, flags));
  }

  @Override
  public CompletionStage<Accepted> socketsLeave(
      String namespace, Recipients recipients, Collection<String> rooms, Set<EmitFlag> flags) {
    return record(new Call("leave", namespace, recipients, rooms, flags));
  }

  @Override
  public CompletionStage<Accepted> closeRoom(String namespace, String room, Set<EmitFlag> flags) {
    return record(new Call("close", namespace, Recipients.room(room), room, flags));
  }

  @Override
  public CompletionStage<Accepted> disconnectSockets(
      String namespace, Recipients recipients, boolean closeTransport, Set<EmitFlag> flags) {
    return record(new Call("disconnect", namespace, recipients, closeTransport, flags));
  }

  private CompletionStage<Accepted> record(Call call) {
    calls.add(call);
    return CompletableFuture.completedStage(Accepted.LOCALLY);
  }
}
