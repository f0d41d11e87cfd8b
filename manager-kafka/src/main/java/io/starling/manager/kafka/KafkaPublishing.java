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
 * Sends frames to one partition. A producer repeats requests in order and by itself, for 5 s at
 * most. When one of its frames fails it is closed with all that it still holds, so that nothing old
 * follows the frames that the publisher above sends again through the next producer.
 */
final class KafkaPublishing implements Publishing, Reconnecting.Driver<KafkaPublishing.Sender> {
  private final BrokerAddress address;
  private final Clients clients;
  private final KafkaTopic topic;
  private final Reconnecting<Sender> link;

  /** Stays the same, so that the frames of this origin keep their order. */
  private final int choice = ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE);

  private volatile @Nullable Admin asking;
  private volatile boolean closed;
  private boolean topicSeen;

  /** A producer, and a client that asks whether the brokers and the topic are there. */
  static final class Sender {
    private final Admin admin;
    private final Producer<byte[], byte[]> producer;
    private final Uuid topicId;
    private final int partition;
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
      // So that a connection that is being opened does not wait for the brokers any longer.
      now.close(Duration.ZERO);
    }
    return link.close();
  }

  /** Called by one thread; waits for 1 s at most, while the producer's memory is full. */
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
      // So that the first frame does not wait for the metadata.
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
