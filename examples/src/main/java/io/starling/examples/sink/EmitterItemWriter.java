package io.starling.examples.sink;

import io.starling.emitter.Emitter;
import io.starling.manager.Accepted;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.springframework.batch.infrastructure.item.Chunk;
import org.springframework.batch.infrastructure.item.ItemWriter;

/**
 * Writes the items of a Spring Batch step to the clients in a room, in order. A chunk is written
 * when the broker has accepted all its events. If the broker did not accept one, the chunk fails,
 * and the step repeats or ends as it is configured to.
 *
 * @param <T> what the emitter's mapper turns into JSON
 */
public final class EmitterItemWriter<T> implements ItemWriter<T> {
  private final Emitter emitter;
  private final String room;
  private final String event;

  /** Writes with an emitter that the application closes. */
  public EmitterItemWriter(Emitter emitter, String room, String event) {
    this.emitter = emitter;
    this.room = room;
    this.event = event;
  }

  @Override
  public void write(Chunk<? extends T> chunk) {
    List<CompletableFuture<Accepted>> sent = new ArrayList<>();
    for (T item : chunk) {
      emitter.whenWritable().toCompletableFuture().join();
      sent.add(emitter.to(room).emit(event, item).toCompletableFuture());
    }
    sent.forEach(CompletableFuture::join);
  }
}
