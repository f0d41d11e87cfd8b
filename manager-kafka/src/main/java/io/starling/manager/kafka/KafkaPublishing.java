package io.starling.manager.kafka;

import io.starling.manager.Accepted;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.pubsub.BrokerAddress;
import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.Reconnecting;
import io.starling.manager.pubsub.ReconnectingBackend.Publishing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * The publishing half of the Kafka back end. All frames go to one partition. Kafka's producer
 * repeats failed requests by itself and in order, for at most 5 s. When one frame fails after that,
 * its producer is closed together with all frames that it still holds. So no old frame can follow
 * the frames that the manager sends again through the next producer.
 */
final class KafkaPublishing implements Publishing, Reconnecting.Driver<KafkaPublishing.Sender> {
  private final BrokerAddress address;
  private final Clients clients;
  private final KafkaTopic topic;
  private final Reconnecting<Sender> link;

  /**
   * A random number that selects the partition. It never changes, so that all frames of this origin
   * go to the same partition and keep their order.
   */
  private final int choice = ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE);

  /** The admin client of the newest connection, or of the one that is being opened. */
  private volatile @Nullable Admin asking;

  private volatile boolean closed;

  /**
   * Whether this object has found the topic before. Only the thread of the {@link Reconnecting}
   * link uses this field.
   */
  private boolean topicSeen;

  /** A producer, and an admin client that checks whether the brokers and the topic exist. */
  static final class Sender {
    private final Admin admin;
    private final Producer<byte[], byte[]> producer;
    private final Uuid topicId;
    private final int partition;

    /** The reason why the connection was cut; null before that. */
    private volatile @Nullable Throwable cut;

    private Sender(Admin admin, Producer<byte[], byte[]> producer, Uuid topicId, int partition) {
      this.admin = admin;
      this.producer = producer;
      this.topicId = topicId;
      this.partition = partition;
    }
  }

  KafkaPublishing(Clients clients, KafkaTopic topic) {
    this.address = topic.address();
    this.clients = clients;
    this.topic = topic;
    this.link =
        new Reconnecting<>(clients.threads("publisher") + "-0", Direction.PUBLISH, address, this);
  }

  @Override
  public Reconnecting<?> link() {
    return link;
  }

  @Override
  public CompletionStage<Void> close() {
    closed = true;
    Admin now = asking;
    if (now != null) {
      // Without this, a connection that is being opened would wait for the brokers until its
      // time-out.
      now.close(Duration.ZERO);
    }
    return link.close();
  }

  /**
   * Call it on one thread only. Blocks for at most 1 s, while the memory of the producer is full.
   */
  @Override
  public CompletionStage<Integer> publish(
      String channel, ByteBuffer frame, BooleanSupplier inOrder) {
    Sender now = link.connection();
    if (now == null) {
      return CompletableFuture.failedStage(address.notConnected());
    }
    if (!inOrder.getAsBoolean()) {
      return PubSubBackend.outOfOrder();
    }
    byte[] value = new byte[frame.remaining()];
    frame.duplicate().get(value);
    List<Header> headers =
        List.of(new RecordHeader(ConsumerLoop.CHANNEL, channel.getBytes(StandardCharsets.UTF_8)));
    CompletableFuture<Integer> taken = new CompletableFuture<>();
    try {
      var unused =
          now.producer.send(
              new ProducerRecord<>(topic.name(), now.partition, null, null, value, headers),
              (metadata, error) -> {
                if (error == null) {
                  taken.complete(Accepted.UNKNOWN);
                } else {
                  failed(now, error, Outcome.UNKNOWN, taken);
                }
              });
    } catch (Throwable e) {
      failed(now, e, Outcome.NOT_SENT, taken);
    }
    return taken;
  }

  private void failed(
      Sender on, Throwable error, Outcome outcome, CompletableFuture<Integer> taken) {
    link.lost(on, error);
    Throwable cut = on.cut;
    taken.completeExceptionally(address.unavailable(outcome, cut == null ? error : cut));
  }

  @Override
  public CompletionStage<Sender> open() {
    Admin admin = clients.admin();
    asking = admin;
    if (closed) {
      admin.close(Duration.ZERO);
    }
    return topic
        .use(admin, topicSeen, link::execute, found -> sender(admin, found))
        .whenComplete(
            (made, error) -> {
              if (error != null) {
                admin.close(Duration.ZERO);
              }
            });
  }

  private Sender sender(Admin admin, KafkaTopic.Found found) {
    topicSeen = true;
    Producer<byte[], byte[]> made = clients.producer();
    try {
      // This fetches the metadata of the topic now, so that the first frame need not wait for them.
      int partitions = made.partitionsFor(topic.name()).size();
      return new Sender(admin, made, found.id(), choice % partitions);
    } catch (RuntimeException e) {
      made.close(Duration.ZERO);
      throw e;
    }
  }

  @Override
  public CompletionStage<?> check(Sender asked) {
    return topic.check(asked.admin, asked.topicId);
  }

  @Override
  public void cut(Sender gone, Throwable cause) {
    gone.cut = cause;
  }

  @Override
  public void close(Sender gone) {
    gone.producer.close(gone.cut == null ? KafkaBackend.CLOSE : Duration.ZERO);
    gone.admin.close(Duration.ZERO);
  }

  @Override
  public Duration checkInterval() {
    return clients.checkInterval();
  }

  @Override
  public Duration patience() {
    return KafkaBackend.PATIENCE;
  }
}
