package io.starling.emitter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.starling.emitter.cli.BatchFormat.Defaults;
import io.starling.emitter.cli.BatchFormat.Kind;
import io.starling.emitter.cli.BatchSummary.End;
import io.starling.emitter.cli.BatchSummary.Lines;
import io.starling.manager.BackendState;
import io.starling.manager.ManagerListener;
import io.starling.manager.PromptExecutor;
import io.starling.manager.pubsub.PubSubPublisher;
import io.starling.manager.pubsub.PubSubSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class BatchTest {
  private static final PromptExecutor AT_ONCE = Runnable::run;

  private final FakeBroker broker = new FakeBroker();
  private final StringWriter err = new StringWriter();
  private Duration patience = Duration.ofSeconds(20);
  private long rate;
  private boolean stopAtBadLine;
  private boolean tellsNobodyOnly;
  private BatchSaves saves = BatchSaves.none();

  @TempDir private Path folder = Path.of("");

  private static String numbers(int from, int to) {
    return IntStream.rangeClosed(from, to)
        .mapToObj(each -> "{\"event\":\"n\",\"args\":[" + each + "]}\n")
        .collect(Collectors.joining());
  }

  private static List<String> texts(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(Integer::toString).toList();
  }

  private Batch batch(InputStream input) {
    PubSubSettings settings =
        PubSubSettings.DEFAULTS.withOutboxAge(Duration.ofDays(1)).withKeepTrying(false);
    PubSubPublisher publisher =
        PubSubPublisher.create(broker, settings, ManagerListener.NONE, AT_ONCE);
    BatchFormat format =
        new BatchFormat(Kind.EVENTS, new Defaults(null, List.of(), List.of(), "/"), null, ',');
    return new Batch(
        publisher,
        new Batch.Source(new BatchInput(List.of("-"), input, -1), format),
        new Batch.Terms(
            patience, rate, stopAtBadLine, tellsNobodyOnly, progress(new BatchBroker(patience))),
        saves);
  }

  private Batch batch(String input) {
    return batch(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
  }

  /** On a thread of its own: the common pool may have one thread only, which a pipe blocks. */
  private static CompletableFuture<BatchSummary> inBackground(Supplier<BatchSummary> task) {
    return CompletableFuture.supplyAsync(task, each -> new Thread(each).start());
  }

  private Path checkpoint() {
    return folder.resolve("at.json");
  }

  private void keepCheckpoint() throws IOException {
    saves = BatchSaves.start(checkpoint(), "", null, List.of("-"));
  }

  private Checkpoint saved() throws IOException {
    saves.close();
    saves = BatchSaves.resume(checkpoint(), "", null, List.of("-"));
    return saves.last();
  }

  @Test
  void allLinesAreSentInOrderAndThatIsStatusZero() {
    BatchSummary summary = batch(numbers(1, 30_000)).run();

    assertThat(broker.confirmed()).containsExactlyElementsOf(texts(1, 30_000));
    assertThat(summary.status()).isZero();
    assertThat(summary.text())
        .startsWith("read 30000, sent 30000, bad 0, failed 0, received by nobody 0, in ");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void aBadLineIsNamedAndLeftOut() {
    BatchSummary summary = batch(numbers(1, 2) + "nonsense\n\n" + numbers(3, 3)).run();

    assertThat(broker.confirmed()).containsExactly("1", "2", "3");
    assertThat(err.toString()).startsWith("emitter: line 3: nonsense (expected: JSON; ");
    assertThat(summary.status()).isEqualTo(1);
    assertThat(summary.text()).startsWith("read 4, sent 3, bad 1, failed 0, ");
  }

  @Test
  void aHostileLineTellsATerminalNothingAndIsCut() {
    progress(new BatchBroker(patience)).say("line 1: \u001b[2J\u009b" + "x".repeat(100_000));

    assertThat(err.toString()).startsWith("emitter: line 1: ?[2J?xxx").hasSizeLessThan(2_000);
  }

  @Test
  void aBadLineEndsTheBatchWhereThatIsWanted() throws IOException {
    stopAtBadLine = true;
    keepCheckpoint();
    BatchSummary summary = batch(numbers(1, 2) + "nonsense\n" + numbers(3, 3)).run();

    assertThat(broker.confirmed()).containsExactly("1", "2");
    assertThat(summary.status()).isEqualTo(1);
    assertThat(saved().line()).isEqualTo(2);
    assertThat(saved().sentUpTo()).isEqualTo(2);
  }

  @Test
  void anErrorEndsTheBatchWithASummaryAndStatusOne() {
    InputStream input =
        new InputStream() {
          private final InputStream lines =
              new ByteArrayInputStream(numbers(1, 2).getBytes(StandardCharsets.UTF_8));

          @Override
          public int read() throws IOException {
            int next = lines.read();
            if (next < 0) {
              throw new OutOfMemoryError("too small");
            }
            return next;
          }

          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            int count = lines.read(target, offset, length);
            if (count < 0) {
              throw new OutOfMemoryError("too small");
            }
            return count;
          }
        };

    BatchSummary summary = batch(input).run();

    assertThat(broker.confirmed()).containsExactly("1", "2");
    assertThat(summary.status()).isEqualTo(1);
    assertThat(summary.text()).startsWith("read 2, sent 2, bad 0, failed 0, ");
    assertThat(err.toString()).contains("after line 2: java.lang.OutOfMemoryError: too small");
  }

  @Test
  void aLineThatIsTooLargeIsBadAndTakesNoNumber() throws IOException {
    keepCheckpoint();
    String large = "{\"event\":\"n\",\"args\":[\"" + "x".repeat(1 << 20) + "\"]}\n";
    BatchSummary summary = batch(numbers(1, 1) + large + numbers(2, 2)).run();

    assertThat(summary.counts().bad()).isEqualTo(1);
    assertThat(err.toString()).startsWith("emitter: line 2: message: 10");
    assertThat(saved().number()).isEqualTo(2);
  }

  @Test
  void whatNoServerReceivedIsCountedAndStatusOne() {
    broker.receivers(0);
    BatchSummary summary = batch(numbers(1, 3)).run();

    assertThat(summary.status()).isEqualTo(1);
    assertThat(summary.text()).contains("received by nobody 3");
  }

  @Test
  void aBrokerThatDoesNotTellWhoReceivedIsSaidNotToTell() {
    broker.receivers(-1);
    BatchSummary summary = batch(numbers(1, 3)).run();

    assertThat(summary.status()).isZero();
    assertThat(summary.text()).contains("received by nobody unknown");
    assertThat(summary.json()).contains("\"receivedByNobody\" : null");
  }

  @Test
  void aBrokerThatTellsOnlyWhenNobodyReceivedIsBelieved() {
    tellsNobodyOnly = true;
    broker.receivers(-1);

    assertThat(batch(numbers(1, 3)).run().text()).contains("received by nobody 0");
  }

  @Test
  void linesWaitForABrokerThatIsAwayAndKeepTheirOrder() {
    broker.hold();
    CompletableFuture<BatchSummary> end = inBackground(batch(numbers(1, 5_000))::run);
    await().until(() -> broker.held() > 0);
    broker.leave();
    broker.release();
    broker.comeBack();

    assertThat(end.join().status()).isZero();
    assertThat(broker.confirmed().stream().distinct()).containsExactlyElementsOf(texts(1, 5_000));
  }

  @Test
  void aBrokerThatStaysAwayEndsTheBatchAndTheSummaryTellsWhatIsKnown() throws IOException {
    keepCheckpoint();
    patience = Duration.ofSeconds(1);
    PipedOutputStream pipe = new PipedOutputStream();
    CompletableFuture<BatchSummary> end =
        inBackground(batch(new PipedInputStream(pipe, 1 << 20))::run);
    pipe.write(numbers(1, 3).getBytes(StandardCharsets.UTF_8));
    await().until(() -> broker.confirmed().size() == 3);
    broker.hold();
    pipe.write(numbers(4, 4).getBytes(StandardCharsets.UTF_8));
    await().until(() -> broker.held() == 1);
    pipe.write(numbers(5, 6).getBytes(StandardCharsets.UTF_8));
    pipe.close();
    BatchSummary summary = end.join();

    assertThat(summary.status()).isEqualTo(3);
    assertThat(summary.text())
        .startsWith("read 6, sent 3, bad 0, failed 3, ")
        .endsWith("; 1 of line 4 may have been sent or not");
    assertThat(summary.unknown()).isEqualTo(new Lines(4, 4));
    assertThat(saved().line()).isEqualTo(3);
    assertThat(saved().sentUpTo()).isEqualTo(6);
  }

  @Test
  void noMoreThanAWindowOfLinesIsAheadOfWhatWasConfirmed() {
    broker.hold();
    Batch batch = batch(numbers(1, 30_000));
    CompletableFuture<BatchSummary> end = inBackground(batch::run);
    await()
        .during(Duration.ofMillis(300))
        .until(() -> broker.held() > 0 && batch.counts().read() <= BatchWindow.LINES);
    broker.release();

    assertThat(end.join().counts().sent()).isEqualTo(30_000);
  }

  @Test
  void aSignalLetsWhatIsInFlightBeConfirmedAndSavesThePlace() throws IOException {
    keepCheckpoint();
    PipedOutputStream pipe = new PipedOutputStream();
    Batch batch = batch(new PipedInputStream(pipe, 1 << 20));
    CompletableFuture<BatchSummary> end = inBackground(batch::run);
    broker.hold();
    pipe.write(numbers(1, 2).getBytes(StandardCharsets.UTF_8));
    await().until(() -> batch.counts().inFlight() == 2);
    CompletableFuture<BatchSummary> atSignal = inBackground(() -> batch.finish(End.SIGNAL));
    broker.release();
    BatchSummary summary = atSignal.join();

    assertThat(summary.json()).contains("\"end\" : \"signal\"", "\"status\" : null");
    assertThat(summary.counts().sent()).isEqualTo(2);
    assertThat(saved().line()).isEqualTo(2);
    assertThat(saved().sentUpTo()).isEqualTo(2);
    assertThat(saved().complete()).isFalse();
    pipe.close();
    assertThat(end.join()).isSameAs(summary);
  }

  @Test
  void aResumeGoesOnWithTheRepairedLineAndNamesWhatMayComeTwice() throws IOException {
    stopAtBadLine = true;
    keepCheckpoint();
    batch(numbers(1, 2) + "nonsense\n" + numbers(4, 4)).run();
    assertThat(saved().line()).isEqualTo(2);

    BatchSummary summary = batch(numbers(1, 4)).run();

    assertThat(broker.confirmed()).containsExactly("1", "2", "3", "4");
    assertThat(summary.status()).isZero();
    assertThat(summary.repeated()).isNull();
    assertThat(summary.skipped()).isEqualTo(2);
    assertThat(saved().complete()).isTrue();
  }

  @Test
  void aResumeRefusesAnotherInput() throws IOException {
    stopAtBadLine = true;
    keepCheckpoint();
    batch(numbers(1, 2) + "nonsense\n").run();
    assertThat(saved().line()).isEqualTo(2);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> batch(numbers(2, 3) + "nonsense\n" + numbers(3, 4)).run())
        .withMessageContaining("--resume: another input");
    assertThat(broker.confirmed()).containsExactly("1", "2");
  }

  @Test
  void aRateIsNotExceeded() {
    rate = 100;
    BatchSummary summary = batch(numbers(1, 40)).run();

    assertThat(summary.seconds()).isGreaterThan(0.25);
  }

  @Test
  void aBrokerThatIsAwayIsToldOnceWithTheReasonAndOnceWhenItIsBack() {
    BatchBroker listener = new BatchBroker(Duration.ofMinutes(5));
    BatchProgress progress = progress(listener);
    BatchWindow.Counts none = counts(0);

    listener.stateChanged(BackendState.UP, null);
    listener.connectFailed(new IllegalStateException("refused"));
    listener.stateChanged(BackendState.DOWN, new IllegalStateException("again"));
    progress.show(none, 0);
    listener.stateChanged(BackendState.UP, null);
    progress.show(none, 0);

    assertThat(err.toString().lines())
        .containsExactly(
            "emitter: the broker is away: refused; waiting for up to 5m",
            "emitter: the broker is back");
  }

  @Test
  void aBrokerThatConfirmsAgainIsBackAlsoWhenItsConnectionWasNeverLost() {
    BatchBroker listener = new BatchBroker(Duration.ofMinutes(5));
    BatchProgress progress = progress(listener);

    listener.connectFailed(new IllegalStateException("refused"));
    progress.show(counts(5), 0);
    progress.show(counts(5), 0);
    progress.show(counts(6), 0);

    assertThat(err.toString().lines())
        .containsExactly(
            "emitter: the broker is away: refused; waiting for up to 5m",
            "emitter: the broker is back");
  }

  @Test
  void theTimeLeftCountsOnlyWhatThisRunSends() {
    BatchProgress progress =
        new BatchProgress(
            new PrintWriter(err, true),
            BatchProgress.Mode.BAR,
            new BatchBroker(patience),
            1_000_000);
    progress.begin(900_000);
    await()
        .until(
            () -> {
              progress.show(counts(2_000_000), 900_001);
              return err.toString().contains("left");
            });

    assertThat(err.toString().lines().reduce("", String::concat)).contains("[#########", " 90%, ");
    assertThat(err.toString()).doesNotContain(", 0:0");
  }

  private BatchProgress progress(BatchBroker listener) {
    return new BatchProgress(new PrintWriter(err, true), BatchProgress.Mode.OFF, listener, 0);
  }

  private static BatchWindow.Counts counts(long sent) {
    return new BatchWindow.Counts(sent, 0, 0, 0, 0, 0, 0, 0);
  }

  @Test
  void theOutboxOfTheUrlIsReplacedSoThatNothingExpiresInIt() {
    assertThat(BatchCommand.withOutbox("redis://h?outbox-seconds=5&prefix=p&keep-trying=false"))
        .isEqualTo(
            "redis://h?prefix=p&outbox-seconds=31536000&outbox-bytes=8388608&keep-trying=true");
    assertThat(BatchCommand.withOutbox("redis://h")).startsWith("redis://h?outbox-seconds=");
  }
}
