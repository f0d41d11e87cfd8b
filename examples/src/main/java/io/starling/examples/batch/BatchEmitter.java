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
 * lines.txt}. It reads no faster than the broker takes, and ends when the broker has all.
 */
public final class BatchEmitter {
  private BatchEmitter() {}

  /**
   * Emits all lines.
   *
   * @return how many; all are with the broker
   * @throws java.util.concurrent.CompletionException when the broker did not take one of them
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

  /** Reads until the end of the input. */
  public static void main(String[] args) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (Emitter emitter = Emitter.create(args[0])) {
      emitAll(emitter, args[1], lines);
    }
  }
}
