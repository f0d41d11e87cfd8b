package io.starling.emitter.cli;

import io.starling.manager.BroadcastOperator;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends one event for each line of an input stream, as soon as the line has been read. When the
 * broker does not take an event, the error is printed and the stream goes on. A line that is not a
 * JSON array of arguments ends the stream with an exception. If the broker counts receivers, the
 * number of lines that reached no server is printed at the end.
 */
final class LineStream {
  private final BroadcastOperator target;
  private final String event;
  private final PrintWriter err;
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong unreceived = new AtomicLong();

  LineStream(BroadcastOperator target, String event, PrintWriter err) {
    this.target = target;
    this.event = event;
    this.err = err;
  }

  /**
   * Sends until the input ends. Blocks.
   *
   * @param writable returns a stage that completes when the emitter has room for one more event
   * @return the exit status: 0 when every event was accepted, and received by a server if the
   *     broker tells; 1 otherwise
   */
  int send(InputStream input, Supplier<CompletionStage<Void>> writable) {
    CompletionStage<Void> sent = CompletableFuture.completedStage(null);
    try (InputStream bytes = new BufferedInputStream(input)) {
      long number = 1;
      for (String line = line(bytes, number); line != null; line = line(bytes, number)) {
        if (!line.isBlank()) {
          writable.get().toCompletableFuture().join();
          CompletionStage<Void> next = send(line, number);
          sent = sent.thenCombine(next, (before, now) -> null);
        }
        number++;
      }
    } catch (IOException e) {
      throw new UncheckedIOException("standard input: " + e.getMessage(), e);
    } finally {
      sent.toCompletableFuture().join();
      if (unreceived.get() > 0) {
        tell("lines that nobody received: " + unreceived + " (expected: a server that listens)");
      }
    }
    return failed.get() + unreceived.get() == 0 ? 0 : 1;
  }

  /**
   * Reads the next line as UTF-8, independent of the locale; null at the end of the input. Each
   * line is decoded on its own, so that all lines before a line with invalid bytes are still sent.
   */
  private static @Nullable String line(InputStream input, long number) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = input.read();
    if (next < 0) {
      return null;
    }
    for (; next >= 0 && next != '\n'; next = input.read()) {
      line.write(next);
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(line.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "line " + number + ": bytes that are not UTF-8 (expected: an array as JSON in UTF-8)", e);
    }
  }

  private CompletionStage<Void> send(String line, long number) {
    return target
        .emit(event, JsonArguments.line(line, number))
        .handle(
            (accepted, error) -> {
              if (error != null) {
                failed.incrementAndGet();
                tell("line " + number + ": " + error.getMessage());
              } else if (accepted.receivers() == 0) {
                unreceived.incrementAndGet();
              }
              return null;
            });
  }

  private void tell(String what) {
    err.println("emitter: " + what);
    err.flush();
  }
}
