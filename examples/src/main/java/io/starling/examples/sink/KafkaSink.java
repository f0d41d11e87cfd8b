package io.starling.examples.sink;

import io.starling.emitter.Emitter;
import io.starling.manager.Accepted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/**
 * Emits each record of a Kafka topic to the room that the record's key names, or to everybody if
 * the record has no key. The offsets are committed once the broker of the cluster has accepted the
 * events. After a crash the last records are emitted again. Redis and RabbitMQ also accept an event
 * while no server is connected to receive it; that record is lost.
 */
public final class KafkaSink {
  private static final Duration POLL = Duration.ofMillis(500);

  private KafkaSink() {}

  /**
   * Emits until {@code goOn} says false. Blocks.
   *
   * @param consumer is subscribed, and has {@code enable.auto.commit=false}
   * @throws java.util.concurrent.CompletionException when an event was not accepted. Its offset is
   *     not committed, so the next start begins with it
   */
  public static void run(Consumer<String, String> consumer, Emitter emitter, BooleanSupplier goOn) {
    while (goOn.getAsBoolean()) {
      ConsumerRecords<String, String> records = consumer.poll(POLL);
      List<CompletableFuture<Accepted>> sent = new ArrayList<>();
      for (ConsumerRecord<String, String> each : records) {
        emitter.whenWritable().toCompletableFuture().join();
        String room = each.key();
        CompletionStage<Accepted> accepted =
            room == null
                ? emitter.emit("record", each.value())
                : emitter.to(room).emit("record", each.value());
        sent.add(accepted.toCompletableFuture());
      }
      sent.forEach(CompletableFuture::join);
      consumer.commitSync();
    }
  }
}
