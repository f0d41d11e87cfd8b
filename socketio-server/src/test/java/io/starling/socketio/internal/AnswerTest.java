package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.socketio.AckArguments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a handler gives back becomes the ack. */
final class AnswerTest {
  private final ServerFixture server = new ServerFixture();
  private final List<Object> log = new ArrayList<>();
  private final CompletableFuture<@Nullable Object> promise = new CompletableFuture<>();

  static List<@Nullable Object[]> answers() {
    return List.of(
        new @Nullable Object[] {null, "37[null]"},
        new Object[] {7, "37[7]"},
        new Object[] {List.of(1, 2), "37[[1,2]]"},
        new Object[] {AckArguments.of(1, null, "b"), "37[1,null,\"b\"]"},
        new Object[] {AckArguments.of((Object[]) null), "37[null]"},
        new Object[] {AckArguments.of(), "37[]"});
  }

  @ParameterizedTest
  @MethodSource("answers")
  void whatIsGivenBackIsTheAck(@Nullable Object answer, String packet) {
    server.root().answer("ask", (socket, arguments) -> answer);

    assertThat(asks("27[\"ask\"]").took()).containsExactly(packet);
  }

  @ParameterizedTest
  @MethodSource("answers")
  void whatAStageGivesIsTheAck(@Nullable Object answer, String packet) {
    server.root().answer("ask", (socket, arguments) -> promise);
    FakeClient client = asks("27[\"ask\"]");
    assertThat(client.took()).isEmpty();
    promise.complete(answer);
    server.run();

    assertThat(client.took()).containsExactly(packet);
  }

  @Test
  void argumentsGivenBackAreSeveral() {
    server.root().answer("echo", (socket, arguments) -> arguments);
    FakeClient client = asks("51-7[\"echo\",1,[2],{\"_placeholder\":true,\"num\":0}]");
    client.sendsBinary("three");
    server.run();

    assertThat(client.took())
        .containsExactly("61-7[1,[2],{\"_placeholder\":true,\"num\":0}]", "b:three");
  }

  @Test
  void typedHandlerGetsItsType() {
    server.root().answer("sum", Numbers.class, (socket, numbers) -> numbers.a() + numbers.b());

    assertThat(asks("27[\"sum\",{\"a\":1,\"b\":2}]").took()).containsExactly("37[3]");
  }

  @Test
  void handlerThatFailsSendsNoAck() {
    server
        .root()
        .answer(
            "ask",
            (socket, arguments) -> {
              throw new IllegalStateException("broken");
            });

    assertThat(asks("27[\"ask\"]").took()).isEmpty();
    assertThat(server.listener.heard).endsWith("handlerFailed ask broken");
  }

  @Test
  void stageThatFailsSendsNoAckAndKeepsTheConnection() {
    server.root().answer("ask", (socket, arguments) -> promise.thenApply(String::valueOf));
    FakeClient client = asks("27[\"ask\"]");
    promise.completeExceptionally(new IllegalStateException("broken"));
    server.run();

    assertThat(client.took()).isEmpty();
    assertThat(client.closed).isNull();
    assertThat(server.listener.heard).endsWith("handlerFailed ask broken");
  }

  @Test
  void answerThatCannotBeSentCountsAsAFailure() {
    server.root().answer("ask", (socket, arguments) -> promise);
    FakeClient client = asks("27[\"ask\"]");
    promise.complete(new Object());
    server.run();

    assertThat(client.took()).isEmpty();
    assertThat(server.listener.heard).last().asString().startsWith("handlerFailed ask ");
  }

  @Test
  void errorWhileAPromisedAnswerIsWrittenCountsAsAFailure() {
    server.root().answer("ask", (socket, arguments) -> promise);
    FakeClient client = asks("27[\"ask\"]");
    promise.complete(new Unwritable());
    server.run();

    assertThat(client.took()).isEmpty();
    assertThat(server.listener.heard).last().asString().startsWith("handlerFailed ask ");
  }

  @Test
  void answerThatNobodyWaitsForIsNotSent() {
    server.root().answer("tell", (socket, arguments) -> new Object());

    assertThat(asks("2[\"tell\"]").took()).isEmpty();
    assertThat(server.listener.heard).noneMatch(line -> line.startsWith("handlerFailed"));
  }

  @Test
  void nextEventDoesNotWaitForAPendingAnswer() {
    server.root().answer("slow", (socket, arguments) -> promise);
    server.root().on("fast", (socket, arguments, ack) -> log.add("fast"));
    FakeClient client = asks("27[\"slow\"]");
    client.sends("2[\"fast\"]");
    server.run();

    assertThat(log).containsExactly("fast");
  }

  @Test
  void eventHasEitherAHandlerOrAnAnswer() {
    server.root().answer("a", (socket, arguments) -> 1);

    assertThatThrownBy(() -> server.root().on("a", (socket, arguments, ack) -> {}))
        .hasMessage("event: a again (expected: one handler)");
    assertThatThrownBy(() -> server.root().answer("connect", (socket, arguments) -> 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void ackArgumentsAreCopied() {
    Object[] values = {1};
    AckArguments several = AckArguments.of(values);
    Arrays.fill(values, 2);

    assertThat(several.values()).containsExactly(1);
  }

  private FakeClient asks(String packet) {
    FakeClient client = server.connect();
    client.sends(packet);
    server.run();
    return client;
  }

  record Numbers(int a, int b) {}

  /** What makes its serializer fail with an error. */
  record Unwritable() {
    public int getValue() {
      return fail();
    }

    private static int fail() {
      throw new LinkageError("of a serializer");
    }
  }
}
