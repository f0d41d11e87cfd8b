package io.starling.examples.sink;

import io.starling.emitter.Emitter;
import io.starling.manager.Accepted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/**
 * Emits each record of a Kafka topic to the room that the record's key names. The offsets are
 * committed once the broker of the cluster has accepted the events. So no record is lost, and after
 * a crash the last records are emitted again.
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
        sent.add(emitter.to(each.key()).emit("record", each.value()).toCompletableFuture());
      }
      sent.forEach(CompletableFuture::join);
      consumer.commitSync();
    }
  }
}
