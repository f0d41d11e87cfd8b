package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SlowHandlersTest {
  private final AtomicLong clock = new AtomicLong(1);
  private final RecordingLogger logger = new RecordingLogger();
  private final FakeDeadlines deadlines = new FakeDeadlines();
  private final SlowHandlers slow = new SlowHandlers(logger, deadlines, clock::get);
  private final ServerFixture server = new ServerFixture();

  @Test
  void theEventWhoseHandlerHasRunLongestIsNamed() {
    FakeClient first = server.connect();
    FakeClient second = server.connect();
    server
        .root()
        .on(
            "long",
            (socket, event, ack) -> {
              second.sends("2[\"short\"]");
              server.loop.runTurn();
              server.handlers.runAll();
            });
    server
        .root()
        .on(
            "short",
            (socket, event, ack) -> {
              clock.set(System.nanoTime());
              server.root().sockets().forEach(each -> stop((DefaultSocket) each));
              deadlines.passAll();
            });
    first.sends("2[\"long\"]");
    server.run();

    assertThat(logger.lines).singleElement().asString().endsWith("is that of long in /");
  }

  @Test
  void withoutAHandlerThatRunsTheWarningSaysSo() {
    stop(socket());
    deadlines.passAll();
    assertThat(logger.lines).isEmpty();
    deadlines.passAll();

    assertThat(logger.lines).singleElement().asString().endsWith("none of these handlers runs");
    assertThat(deadlines.delays)
        .containsExactly(Duration.ZERO, Duration.ofSeconds(1), Duration.ofMinutes(1));
  }

  @Test
  void thereIsOneWarningAMinute() {
    DefaultSocket socket = socket();
    stop(socket);
    deadlines.passAll();
    deadlines.passAll();
    clock.addAndGet(Duration.ofSeconds(20).toNanos());
    slow.resumed(socket.connection());
    stop(socket);
    assertThat(deadlines.pending()).isEqualTo(1);
    clock.addAndGet(Duration.ofSeconds(40).toNanos());
    deadlines.passAll();
    deadlines.passAll();

    assertThat(logger.lines).hasSize(2);
  }

  @Test
  void logThatFailsOnceIsWrittenToAMinuteLater() {
    stop(socket());
    deadlines.passAll();
    logger.failsOnce = true;
    assertThatThrownBy(deadlines::passAll).isInstanceOf(AssertionError.class);
    clock.addAndGet(Duration.ofMinutes(1).toNanos());
    deadlines.passAll();
    deadlines.passAll();

    assertThat(logger.lines).hasSize(1);
  }

  @Test
  void thereIsNoWarningOnceEverybodyIsReadFrom() {
    DefaultSocket socket = socket();
    stop(socket);
    deadlines.passAll();
    deadlines.passAll();
    slow.resumed(socket.connection());
    clock.addAndGet(Duration.ofMinutes(1).toNanos());
    deadlines.passAll();

    assertThat(logger.lines).hasSize(1);
    assertThat(deadlines.pending()).isZero();
  }

  private void stop(DefaultSocket socket) {
    slow.stopped(socket.connection(), List.of(socket));
  }

  private DefaultSocket socket() {
    server.connect();
    return (DefaultSocket) server.root().sockets().iterator().next();
  }
}
