package io.starling.emitter;

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
 * One event per line of input, each sent as soon as it is there. What the broker does not take is
 * told and does not end the stream; a line that makes no sense does. How many lines reached no
 * server is told at the end, where the broker tells it.
 */
final class EmitterCliStream {
  private final BroadcastOperator target;
  private final String event;
  private final PrintWriter err;
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong unreceived = new AtomicLong();

  EmitterCliStream(BroadcastOperator target, String event, PrintWriter err) {
    this.target = target;
    this.event = event;
    this.err = err;
  }

  /**
   * Sends until the input ends.
   *
   * @param writable completes when there is room for one more
   * @return the exit status
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
   * The next line, whatever the encoding of the locale is, or null at the end. Decoded by itself,
   * so that the lines before one that is not UTF-8 are sent.
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
        .emit(event, EmitterCliJson.line(line, number))
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
