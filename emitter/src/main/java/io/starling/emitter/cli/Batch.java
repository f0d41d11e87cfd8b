package io.starling.emitter.cli;

import io.starling.emitter.cli.BatchInput.Position;
import io.starling.emitter.cli.BatchSummary.End;
import io.starling.emitter.cli.BatchSummary.Lines;
import io.starling.emitter.cli.BatchWindow.Place;
import io.starling.manager.Accepted;
import io.starling.manager.BroadcastOperator;
import io.starling.manager.MessageTooLargeException;
import io.starling.manager.Operation;
import io.starling.manager.Scope;
import io.starling.manager.pubsub.PubSubPublisher;
import io.starling.protocol.payload.EventPayloadCodec;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Sends the lines of an input in order. The calling thread reads and sends; the thread of {@link
 * #watch} saves the checkpoint, shows the progress and gives up when the broker stays away. The
 * publisher repeats whatever the broker has not confirmed, in order and before anything later. So a
 * line never overtakes another one, and after the first line that failed nothing is sent any more.
 */
final class Batch {
  private static final Duration SAVE_AFTER = Duration.ofMillis(200);
  private static final Duration PATIENCE_AT_SIGNAL = Duration.ofSeconds(10);
  private static final EventPayloadCodec CODEC = EventPayloadCodec.standard();

  /** After a pause the batch may catch up this much of {@code --rate}. */
  private static final long BURST_NANOS = Duration.ofMillis(100).toNanos();

  private final PubSubPublisher publisher;
  private final Source source;
  private final Terms terms;
  private final BatchSaves saves;
  private final BatchWindow window;
  private final Thread watcher = new Thread(this::watch, "starling-batch-watch");
  private final long fromNanos = System.nanoTime();

  private boolean started;
  private long number;
  private long nextNanos = fromNanos;
  private volatile boolean ended;

  /** What went wrong first while the batch ran; null if nothing did. */
  private volatile @Nullable End trouble;

  /** Guarded by this. */
  private @Nullable BatchSummary summary;

  /** The input and what its lines mean. */
  record Source(BatchInput input, BatchFormat format) {}

  /**
   * How to send.
   *
   * @param patience how long the broker may confirm nothing
   * @param linesPerSecond at most so many, or 0 for as many as possible
   * @param stopAtBadLine whether a bad line ends the batch
   * @param tellsNobodyOnly whether the broker reports no receivers, except that there is none
   */
  record Terms(
      Duration patience,
      long linesPerSecond,
      boolean stopAtBadLine,
      boolean tellsNobodyOnly,
      BatchProgress progress) {}

  /**
   * Makes a batch.
   *
   * @param publisher not started, with an outbox that nothing leaves because of its age
   */
  Batch(PubSubPublisher publisher, Source source, Terms terms, BatchSaves saves) {
    this.publisher = publisher;
    this.source = source;
    this.terms = terms;
    this.saves = saves;
    this.number = saves.last().number();
    this.window =
        new BatchWindow(
            new Place(saves.last().position(), number), terms.tellsNobodyOnly(), System::nanoTime);
    watcher.setDaemon(true);
  }

  /**
   * Sends everything after the checkpoint, and closes the publisher. Blocks.
   *
   * @throws IllegalArgumentException when the input does not begin with the lines of the checkpoint
   *     or has a header that cannot be used; then nothing was sent
   */
  BatchSummary run() {
    return finish(readAndSend());
  }

  private End readAndSend() {
    try {
      skip();
      terms.progress().begin(source.input().packedBytes());
      watcher.start();
      return send();
    } catch (IOException e) {
      terms.progress().say("input: " + e.getMessage() + " (expected: a readable input)");
      return End.UNREADABLE_INPUT;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return End.SIGNAL;
    } catch (IllegalArgumentException e) {
      if (window.counts().read() == 0) {
        ended = true;
        publisher.abandon();
        throw e;
      }
      terms.progress().say(String.valueOf(e.getMessage()));
      return End.UNREADABLE_INPUT;
    } catch (RuntimeException | Error e) {
      return failed(e);
    }
  }

  /** Tells of an error that must not hide what was sent, such as too little memory for a line. */
  private End failed(Throwable error) {
    terms
        .progress()
        .say(
            "error at or after line %d: %s"
                .formatted(source.input().position().line(), BatchWindow.cause(error)));
    return End.ERROR;
  }

  /** Reads the lines that an earlier run has sent. */
  private void skip() throws IOException {
    Position from = saves.last().position();
    BatchInput input = source.input();
    boolean more = true;
    while (more && input.position().line() < from.line()) {
      BatchInput.Line line = input.next();
      more = line != null;
      if (line != null) {
        source.format().skips(line);
      }
    }
    if (from.line() > 0 && !input.position().equals(from)) {
      throw new IllegalArgumentException(
          "--resume: another input (expected: one that begins with the same "
              + from.line()
              + " lines as before)");
    }
  }

  private End send() throws IOException, InterruptedException {
    BatchInput input = source.input();
    for (BatchInput.Line line = input.next(); line != null; line = input.next()) {
      if (!source.format().skips(line)) {
        connectOnce();
        publisher.whenWritable().toCompletableFuture().join();
        pace();
        if (!window.awaitTurn(input.position().line())) {
          return End.BROKER_AWAY;
        }
        try {
          String fault = line.fault() == null ? send(line.text()) : line.fault();
          if (fault != null) {
            terms.progress().say(line.where() + ": " + fault);
            if (terms.stopAtBadLine()) {
              window.badAtEnd();
              terms.progress().say("stopped there (expected: --on-bad-line=skip to go on)");
              return End.BAD_LINE;
            }
            window.bad(new Place(input.position(), number));
          }
        } finally {
          window.endTurn();
        }
      }
    }
    return End.END_OF_INPUT;
  }

  /** Connects when the first line is there, so that a wrong input needs no broker. */
  private void connectOnce() {
    if (!started) {
      started = true;
      publisher.start().toCompletableFuture().join();
    }
  }

  /** Sends one line. Returns why it is bad, or null if it is not. */
  private @Nullable String send(String text) {
    CompletableFuture<Accepted> answer;
    try {
      Operation.Emit simple = source.format().simple(text);
      answer =
          (simple == null
                  ? emit(source.format().event(text))
                  : publisher.perform(source.format().namespace(), simple, Scope.CLUSTER))
              .toCompletableFuture();
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
    Throwable failure = answer.isCompletedExceptionally() ? failure(answer) : null;
    if (failure instanceof MessageTooLargeException) {
      return failure.getMessage();
    }
    number++;
    window.sent(new Place(source.input().position(), number), answer);
    return null;
  }

  private CompletionStage<Accepted> emit(BatchFormat.Event event) {
    BroadcastOperator target =
        BroadcastOperator.of(publisher, CODEC, event.namespace()).except(event.except());
    return (event.rooms() == null ? target : target.to(event.rooms()))
        .emit(event.name(), event.arguments().toArray());
  }

  private static @Nullable Throwable failure(CompletableFuture<?> failed) {
    return BatchWindow.cause(failed.handle((ok, thrown) -> thrown).join());
  }

  /** Waits until the next line is due by {@code --rate}. */
  private void pace() {
    if (terms.linesPerSecond() > 0) {
      for (long now = System.nanoTime(); now - nextNanos < 0; now = System.nanoTime()) {
        LockSupport.parkNanos(nextNanos - now);
      }
      long earliest = System.nanoTime() - BURST_NANOS;
      nextNanos = Math.max(nextNanos - earliest, 0) + earliest;
      nextNanos += Duration.ofSeconds(1).toNanos() / terms.linesPerSecond();
    }
  }

  private void watch() {
    try {
      while (!ended) {
        window.awaitProgress(SAVE_AFTER);
        saves.save(window.confirmed(), BatchWindow.LINES, false);
        window.durable(saves.last().line());
        terms.progress().show(window.counts(), source.input().packedBytes());
        if (window.silence().compareTo(terms.patience()) >= 0) {
          trouble = End.BROKER_AWAY;
          terms
              .progress()
              .say(
                  "the broker has confirmed nothing for %s (expected: within --wait)"
                      .formatted(DurationConverter.text(terms.patience())));
          publisher.abandon();
          return;
        }
      }
    } catch (IOException e) {
      trouble = End.CHECKPOINT_FAILED;
      checkpointFailed(e);
      window.refuse();
    } catch (RuntimeException | Error e) {
      trouble = failed(e);
      window.refuse();
      publisher.abandon();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Ends the batch: waits for what is in flight, closes the publisher, and writes the last
   * checkpoint. Only the first call has an effect; all calls return the same. Blocks.
   */
  synchronized BatchSummary finish(End why) {
    if (summary == null) {
      awaitInFlight(why);
      End end = trouble == null ? why : trouble;
      ended = true;
      boolean all = end == End.END_OF_INPUT && window.counts().failed() == 0;
      if (window.counts().inFlight() == 0 && (all || !saves.isJob())) {
        publisher.close();
      } else {
        publisher.abandon();
      }
      Place last = window.confirmed();
      Place place = all ? new Place(source.input().position(), last.number()) : last;
      summary = summary(saved(place, all) ? end : End.CHECKPOINT_FAILED, place);
    }
    return summary;
  }

  /** Returns whether the last checkpoint could be written. */
  private boolean saved(Place place, boolean all) {
    try {
      saves.save(place, window.sentUpTo() - place.position().line(), all);
      return true;
    } catch (IOException e) {
      checkpointFailed(e);
      return false;
    }
  }

  private void checkpointFailed(IOException e) {
    terms.progress().say("checkpoint: " + e + " (expected: a file that can be written)");
  }

  private void awaitInFlight(End why) {
    long sinceNanos = System.nanoTime();
    try {
      window.stop();
      while (!window.awaitEmpty(SAVE_AFTER)
          && watcher.isAlive()
          && (why != End.SIGNAL || System.nanoTime() - sinceNanos < PATIENCE_AT_SIGNAL.toNanos())) {
        // The watcher gives up when the broker stays away.
      }
      ended = true;
      watcher.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The counts so far. Any thread. */
  BatchWindow.Counts counts() {
    return window.counts();
  }

  private BatchSummary summary(End end, Place last) {
    Lines repeated = saves.repeated(window.sentUpTo());
    return new BatchSummary(
        window.counts(),
        end,
        saves.skipped(),
        last.position().line(),
        (System.nanoTime() - fromNanos) / 1e9,
        repeated);
  }
}
