package io.starling.emitter;

import io.starling.manager.BroadcastOperator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One event per line of input, each sent as soon as it is there. What the broker does not take is
 * told and does not end the stream; a line that makes no sense does.
 */
final class EmitterCliStream {
  private final BroadcastOperator target;
  private final String event;
  private final PrintWriter err;
  private final AtomicLong failed = new AtomicLong();

  EmitterCliStream(BroadcastOperator target, String event, PrintWriter err) {
    this.target = target;
    this.event = event;
    this.err = err;
  }

  /** Sends until the input ends; the exit status. */
  int send(Reader input, Emitter emitter) {
    CompletionStage<Void> sent = CompletableFuture.completedStage(null);
    try (BufferedReader lines = new BufferedReader(input)) {
      long number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (!line.isBlank()) {
          emitter.whenWritable().toCompletableFuture().join();
          CompletionStage<Void> next = send(line, number);
          sent = sent.thenCombine(next, (before, now) -> null);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("standard input: " + e.getMessage(), e);
    } finally {
      sent.toCompletableFuture().join();
    }
    return failed.get() == 0 ? 0 : 1;
  }

  private CompletionStage<Void> send(String line, long number) {
    return target
        .emit(event, EmitterCliJson.line(line, number))
        .handle(
            (accepted, error) -> {
              if (error != null) {
                failed.incrementAndGet();
                err.println("emitter: line " + number + ": " + error.getMessage());
                err.flush();
              }
              return null;
            });
  }
}
