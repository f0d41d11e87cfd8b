package io.starling.manager;

import static io.starling.manager.RecordingOperations.emit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.starling.manager.MissingHost.Reason;
import io.starling.manager.RecordingOperations.Call;
import io.starling.manager.local.Answer.Acked;
import io.starling.manager.local.Answer.Asked;
import io.starling.manager.local.Gathering;
import io.starling.protocol.payload.Arguments;
import io.starling.protocol.payload.EventPayload;
import io.starling.protocol.payload.EventPayloadCodec;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class BroadcastOperatorTest {
  private static final HostId A = new HostId("A");
  private static final HostId B = new HostId("B");
  private static final HostId C = new HostId("C");

  private final RecordingOperations operations = new RecordingOperations();
  private final BroadcastOperator everybody =
      BroadcastOperator.of(operations, EventPayloadCodec.standard(), "/chat");

  @Test
  void noRoomAddressesEverybody() {
    everybody.emit("hi");
    assertThat(operations.calls()).containsExactly(emit(Recipients.ALL, "[\"hi\"]"));
  }

  @Test
  void roomsAddUpAndExceptionsToo() {
    everybody.to("a").in("b", "c").except("x").except(List.of("y")).emit("hi", 1, "two");
    Recipients recipients = new Recipients(false, Set.of("a", "b", "c"), Set.of("x", "y"));
    assertThat(operations.calls()).containsExactly(emit(recipients, "[\"hi\",1,\"two\"]"));
  }

  @Test
  void anEmptyCollectionAddressesNobody() {
    everybody.to(List.of()).emit("hi");
    assertThat(operations.calls())
        .allMatch(call -> call.operation().recipients().nobody())
        .hasSize(1);
  }

  @Test
  void aStepLeavesTheOperatorAsItWas() {
    BroadcastOperator room = everybody.to("a");
    room.to("b").except("c").asVolatile();
    room.emit("hi");
    assertThat(operations.calls()).containsExactly(emit(Recipients.room("a"), "[\"hi\"]"));
  }

  @Test
  void stepsSetAndClearFlags() {
    everybody.local().asVolatile().compress(false).emit("hi");
    everybody.compress(false).compress(true).emit("hi");
    assertThat(operations.calls())
        .extracting(Call::flags)
        .containsExactly(Set.of(EmitFlag.VOLATILE, EmitFlag.UNCOMPRESSED), Set.of());
    assertThat(operations.calls())
        .extracting(Call::scope)
        .containsExactly(Scope.LOCAL, Scope.CLUSTER);
  }

  @Test
  @SuppressWarnings("NullAway") // what a caller without null checks may write
  void aNullAloneIsOneArgument() {
    everybody.emit("hi", (Object[]) null);
    everybody.emit("hi", (Object) null);
    assertThat(operations.calls())
        .extracting(Call::json)
        .containsExactly("[\"hi\",null]", "[\"hi\",null]");
  }

  @Test
  void roomOperationsGoToTheRecipients() {
    everybody.to("a").socketsJoin("x", "y");
    everybody.to("a").socketsLeave("x");
    everybody.to("a").disconnectSockets(true);
    Recipients a = Recipients.room("a");
    assertThat(operations.calls())
        .containsExactly(
            new Call("/chat", new Operation.Join(a, Set.of("x", "y")), Scope.CLUSTER),
            new Call("/chat", new Operation.Leave(a, Set.of("x")), Scope.CLUSTER),
            new Call("/chat", new Operation.Disconnect(a, true), Scope.CLUSTER));
  }

  @Test
  void whatCannotBeEncodedChangesNothing() {
    assertThatIllegalArgumentException().isThrownBy(() -> everybody.emit("hi", new Object()));
    assertThatIllegalArgumentException().isThrownBy(() -> everybody.emit("connect"));
    assertThatIllegalArgumentException().isThrownBy(() -> everybody.to("\ud800"));
    assertThatIllegalArgumentException().isThrownBy(() -> everybody.socketsJoin("r".repeat(1025)));
    assertThatIllegalArgumentException().isThrownBy(() -> everybody.timeout(Duration.ZERO));
    assertThat(operations.calls()).isEmpty();
  }

  @Test
  void anAckThatCannotBeReadCostsOnlyItsOwnAnswer() {
    Gathering<AckResponses<EventPayload>> request =
        new Gathering<>(
            new Question.EmitWithAck(new Operation.Emit(Recipients.ALL, payload("[\"hi\"]"))));
    BroadcastOperator asking = asking(Question.EmitWithAck.class, request.result());
    CompletionStage<AckResponses<Arguments>> asked = asking.emitWithAck("hi");
    request.expect(Set.of(A, B), true);
    request.answered(A, new Asked(2));
    request.answered(A, new Acked(new SocketId("good"), payload("[1]")));
    request.answered(A, new Acked(new SocketId("bad"), payload("[1e99999999999]")));
    request.answered(B, new Asked(1));
    request.answered(B, new Acked(new SocketId("other"), payload("[2]")));

    AckResponses<Arguments> responses = asked.toCompletableFuture().join();

    assertThat(responses.answers()).containsOnlyKeys(new SocketId("good"), new SocketId("other"));
    assertThat(responses.missing()).isEqualTo(Map.of(A, new MissingHost(Reason.INCOMPLETE, 1, 2)));
  }

  @Test
  void anAnswerThatDoesNotFitATypeCostsOnlyItself() {
    Map<SocketId, String> answers = new LinkedHashMap<>();
    answers.put(new SocketId("good"), "1");
    answers.put(new SocketId("bad"), "one");
    AckResponses<String> responses = new AckResponses<>(answers, Map.of());

    AckResponses<Integer> typed = responses.map(Integer::valueOf);

    assertThat(typed.answers()).isEqualTo(Map.of(new SocketId("good"), 1));
    assertThat(typed.missing().values()).containsExactly(new MissingHost(Reason.INCOMPLETE, 1, 2));
  }

  @Test
  void aConversionThatFailsWithAnErrorCostsOnlyItsOwnAnswer() {
    AckResponses<String> responses = new AckResponses<>(Map.of(new SocketId("s"), "x"), Map.of());

    AckResponses<String> typed =
        responses.map(
            answer -> {
              throw new NoClassDefFoundError("Position");
            });

    assertThat(typed.answers()).isEmpty();
    assertThat(typed.complete()).isFalse();
  }

  @Test
  void aHostWhoseAnswerCannotBeReadIsMissingAndTheOthersStay() {
    HostResponses<String> responses =
        new HostResponses<>(
            Map.of(A, "1", B, "x"), Map.of(C, new MissingHost(Reason.TIMED_OUT, 0, 0)));

    HostResponses<Integer> typed = responses.map(Integer::valueOf);

    assertThat(typed.answers()).isEqualTo(Map.of(A, 1));
    assertThat(typed.missing())
        .isEqualTo(
            Map.of(
                C,
                new MissingHost(Reason.TIMED_OUT, 0, 0),
                B,
                new MissingHost(Reason.INCOMPLETE, 0, 1)));
  }

  @Test
  void aSocketWhoseDataCannotBeReadIsListedWithoutAndItsHostIsIncomplete() {
    RemoteSocket<EventPayload> good =
        new RemoteSocket<>(new SocketId("good"), A, Set.of("r"), payload("[{}]"));
    RemoteSocket<EventPayload> bad =
        new RemoteSocket<>(new SocketId("bad"), A, Set.of("r"), payload("[1e99999999999]"));
    RemoteSocket<EventPayload> other = new RemoteSocket<>(new SocketId("other"), B, Set.of(), null);
    BroadcastOperator asking =
        asking(
            Question.FetchSockets.class,
            CompletableFuture.completedStage(
                new HostResponses<>(Map.of(A, List.of(good, bad), B, List.of(other)), Map.of())));

    HostResponses<List<RemoteSocket<Arguments>>> found =
        asking.fetchSockets().toCompletableFuture().join();

    assertThat(found.answers().get(A))
        .extracting(socket -> socket.id().value() + " " + socket.rooms() + " " + socket.data())
        .containsExactly("good [r] [{}]", "bad [r] null");
    assertThat(found.answers().get(B)).hasSize(1);
    assertThat(found.missing()).isEqualTo(Map.of(A, new MissingHost(Reason.INCOMPLETE, 1, 2)));
  }

  /** A manager that gives this answer to one kind of question, and is good for nothing else. */
  private static BroadcastOperator asking(Class<?> question, CompletionStage<?> answer) {
    ClientManager manager =
        (ClientManager)
            Proxy.newProxyInstance(
                ClientManager.class.getClassLoader(),
                new Class<?>[] {ClientManager.class},
                (proxy, method, arguments) -> {
                  assertThat(method.getName()).isEqualTo("ask");
                  assertThat(arguments[1]).isInstanceOf(question);
                  return answer;
                });
    return BroadcastOperator.of(manager, EventPayloadCodec.standard(), "/chat");
  }

  private static EventPayload payload(String json) {
    return new EventPayload(ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8)), List.of());
  }

  @Test
  void nobodyAnswersAnEmitterWithoutReplies() {
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> everybody.emitWithAck("hi"))
        .withMessageContaining("withReplies()");
    assertThat(operations.calls()).isEmpty();
  }
}
