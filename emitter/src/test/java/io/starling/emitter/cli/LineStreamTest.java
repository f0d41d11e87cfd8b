package io.starling.emitter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.manager.Accepted;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.BroadcastOperator;
import io.starling.manager.Operation;
import io.starling.protocol.payload.EventPayloadCodec;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class LineStreamTest {
  private final StringWriter err = new StringWriter();

  /** What the broker says to each emit in turn. */
  private final Queue<CompletionStage<Accepted>> answers = new ArrayDeque<>();

  private int send(String lines) {
    Operation.Performer broker = (namespace, operation, scope) -> answers.remove();
    BroadcastOperator target = BroadcastOperator.of(broker, EventPayloadCodec.standard(), "/");
    return new LineStream(target, "tick", new PrintWriter(err, true))
        .send(
            new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)),
            () -> CompletableFuture.completedStage(null));
  }

  private void received(int... receivers) {
    for (int each : receivers) {
      answers.add(CompletableFuture.completedStage(new Accepted(each)));
    }
  }

  @Test
  void linesThatServersReceivedAreStatusZero() {
    received(1, 3);

    assertThat(send("[1]\n[2]\n")).isZero();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void linesThatNobodyReceivedAreCountedAndStatusOne() {
    received(0, 1, 0);

    assertThat(send("[1]\n[2]\n[3]\n")).isEqualTo(1);
    assertThat(err.toString().lines())
        .containsExactly(
            "emitter: lines that nobody received: 2 (expected: a server that listens)");
  }

  @Test
  void whereTheBrokerDoesNotTellNothingIsSaid() {
    received(Accepted.UNKNOWN);

    assertThat(send("[1]\n")).isZero();
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void aLineThatTheBrokerDoesNotTakeIsNamedAndTheOthersAreSent() {
    answers.add(
        CompletableFuture.failedStage(
            new BackendUnavailableException("broker: away", Outcome.NOT_SENT, null)));
    received(0);

    assertThat(send("[1]\n[2]\n")).isEqualTo(1);
    assertThat(err.toString().lines())
        .containsExactly(
            "emitter: line 1: broker: away",
            "emitter: lines that nobody received: 1 (expected: a server that listens)");
  }
}
