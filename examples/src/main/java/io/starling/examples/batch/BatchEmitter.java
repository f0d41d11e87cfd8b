package io.starling.examples.batch;

import io.starling.emitter.Emitter;
import io.starling.manager.Accepted;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Emits each line of its input to a room, in order: {@code BatchEmitter redis://localhost news <
 * lines.txt}. It reads no faster than the broker accepts the events, and ends when the broker has
 * accepted all of them.
 */
public final class BatchEmitter {
  private BatchEmitter() {}

  /**
   * Emits all lines and waits until the broker has accepted them.
   *
   * @return the number of lines
   * @throws java.util.concurrent.CompletionException when the broker did not accept one of them
   */
  public static int emitAll(Emitter emitter, String room, BufferedReader lines) throws IOException {
    CompletionStage<Accepted> sent = CompletableFuture.completedFuture(Accepted.LOCALLY);
    int count = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      emitter.whenWritable().toCompletableFuture().join();
      CompletionStage<Accepted> next = emitter.to(room).emit("line", ++count, line);
      sent = sent.thenCombine(next, (before, accepted) -> accepted);
    }
    sent.toCompletableFuture().join();
    return count;
  }

  /** Emits the lines of the standard input until it ends. */
  public static void main(String[] args) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (Emitter emitter = Emitter.create(args[0])) {
      emitAll(emitter, args[1], lines);
    }
  }
}
