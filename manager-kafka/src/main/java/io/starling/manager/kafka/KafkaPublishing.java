package io.starling.manager.kafka;

import io.starling.manager.Accepted;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.kafka.KafkaProbe.Probed;
import io.starling.manager.pubsub.Broker.Publishing;
import io.starling.manager.pubsub.Reconnecting;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * A producer that sends all frames to one partition. Kafka's producer repeats failed requests by
 * itself and in order, for at most 5 s. When one frame fails after that, its producer is closed
 * together with all frames that it still holds. So no old frame can follow the frames that the
 * manager sends again through the next producer.
 */
final class KafkaPublishing implements Probed, Publishing {
  /** How long each of Kafka's clients may take to close. */
  static final Duration CLOSE = Duration.ofSeconds(1);

  private final KafkaProbe probe;
  private final Producer<byte[], byte[]> producer;
  private final int partition;
  private final Reconnecting<KafkaPublishing> link;

  /** The reason why the connection was cut; null before that. */
  private volatile @Nullable Throwable cut;

  KafkaPublishing(
      KafkaProbe probe,
      Producer<byte[], byte[]> producer,
      int partition,
      Reconnecting<KafkaPublishing> link) {
    this.probe = probe;
    this.producer = producer;
    this.partition = partition;
    this.link = link;
  }

  @Override
  public KafkaProbe probe() {
    return probe;
  }

  /**
   * Call it on one thread only. Blocks for at most 1 s, while the memory of the producer is full.
   */
  @Override
  public CompletionStage<Integer> publish(String channel, ByteBuffer frame) {
    byte[] value = new byte[frame.remaining()];
    frame.duplicate().get(value);
    List<Header> headers =
        List.of(new RecordHeader(ConsumerLoop.CHANNEL, channel.getBytes(StandardCharsets.UTF_8)));
    CompletableFuture<Integer> taken = new CompletableFuture<>();
    try {
      var unused =
          producer.send(
              new ProducerRecord<>(probe.topic().name(), partition, null, null, value, headers),
              (metadata, error) -> {
                if (error == null) {
                  taken.complete(Accepted.UNKNOWN);
                } else {
                  failed(error, Outcome.UNKNOWN, taken);
                }
              });
    } catch (Throwable e) {
      failed(e, Outcome.NOT_SENT, taken);
    }
    return taken;
  }

  private void failed(Throwable error, Outcome outcome, CompletableFuture<Integer> taken) {
    link.lost(this, error);
    Throwable why = cut;
    taken.completeExceptionally(link.address().unavailable(outcome, why == null ? error : why));
  }

  @Override
  public void cut(Throwable cause) {
    cut = cause;
  }

  @Override
  public void close() {
    producer.close(cut == null ? CLOSE : Duration.ZERO);
    Probed.super.close();
  }
}
