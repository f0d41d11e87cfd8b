package io.starling.manager.kafka;

import io.starling.manager.kafka.ConsumerLoop.Wishes;
import io.starling.manager.kafka.KafkaTopic.Found;
import io.starling.manager.pubsub.NamedThreads;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubBackend.Listener;
import io.starling.manager.pubsub.Reconnecting;
import io.starling.manager.pubsub.ReconnectingBackend.Subscribing;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subscribing half of the Kafka back end. One Kafka consumer lives from the first connection to
 * the close, because it reconnects by itself. It does not report lost connections. Therefore the
 * connection that the {@link Reconnecting} link opens and checks is a {@link Probe}: an admin
 * client that asks whether the brokers and the topic exist.
 */
final class KafkaSubscriptions
    implements Subscribing, Reconnecting.Driver<KafkaSubscriptions.Probe> {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaSubscriptions.class);

  private final Clients clients;
  private final KafkaTopic topic;
  private final Wishes wishes;
  private final Reconnecting<Probe> link;

  /** The names of the wanted channels. Any thread may change this set. */
  private final Set<String> channels = ConcurrentHashMap.newKeySet();

  /** Completes when the first connection is up, and so every subscription is in force. */
  private final CompletableFuture<Void> reading = new CompletableFuture<>();

  /** The admin client of the newest connection, or of the one that is being opened. */
  private volatile @Nullable Admin asking;

  /** The newest reading loop, which {@link #close} wakes up although it may not run yet. */
  private volatile @Nullable ConsumerLoop beginning;

  private volatile boolean paused;
  private volatile boolean closed;

  // Only the thread of the link uses the two fields below, until the link has ended. They are the
  // loop that reads, and the id of the topic that it reads.
  private @Nullable ConsumerLoop reader;
  private @Nullable Uuid topicRead;

  /** An admin client that checks the topic with this id. */
  record Probe(Admin admin, Uuid topicId) {}

  KafkaSubscriptions(Clients clients, KafkaTopic topic, Listener listener) {
    this.clients = clients;
    this.topic = topic;
    this.link =
        new Reconnecting<>(
            clients.threads("subscriber") + "-0", Direction.SUBSCRIBE, topic.address(), this);
    this.wishes = new Wishes(channels, () -> paused, listener, link::reconnect);
  }

  @Override
  public Reconnecting<?> link() {
    return link;
  }

  /**
   * Safe for any thread; does not block. Completes when the consumer reads the topic for the first
   * time; later subscriptions are in force at once.
   */
  @Override
  public CompletionStage<Void> subscribe(String channel) {
    channels.add(channel);
    return reading.minimalCompletionStage();
  }

  /** Safe for any thread; does not block. */
  @Override
  public CompletionStage<Void> unsubscribe(String channel) {
    channels.remove(channel);
    return CompletableFuture.completedStage(null);
  }

  /** Safe for any thread; does not block. */
  @Override
  public void pause(boolean pause) {
    paused = pause;
  }

  /** Completes when the link and the consumer are closed. */
  @Override
  public CompletionStage<Void> close() {
    closed = true;
    reading.completeExceptionally(topic.address().closed());
    Admin now = asking;
    if (now != null) {
      // Without this, a connection that is being opened would wait for the brokers until its
      // time-out.
      now.close(Duration.ZERO);
    }
    ConsumerLoop loop = beginning;
    if (loop != null) {
      loop.wakeUp();
    }
    return link.close().thenRun(this::endReader);
  }

  private void endReader() {
    ConsumerLoop last = reader;
    if (last != null) {
      try {
        last.close(KafkaBackend.CLOSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public CompletionStage<Probe> open() {
    Admin admin = clients.admin();
    asking = admin;
    if (closed) {
      admin.close(Duration.ZERO);
    }
    return topic
        .use(admin, topicRead != null, link::execute, found -> probe(admin, found))
        .whenComplete(
            (made, error) -> {
              if (error != null) {
                admin.close(Duration.ZERO);
              }
            });
  }

  private Probe probe(Admin admin, Found found) {
    ConsumerLoop loop = reader;
    if (loop == null) {
      reader = read();
    } else if (!found.id().equals(topicRead)) {
      LOG.warn("Topic {} is another one than before, reading it from its start", topic.name());
      loop.startOver();
    }
    topicRead = found.id();
    return new Probe(admin, found.id());
  }

  private ConsumerLoop read() {
    ConsumerLoop loop = new ConsumerLoop(clients.consumer(), topic.name(), wishes);
    beginning = loop;
    if (closed) {
      loop.wakeUp();
    }
    try {
      loop.begin();
    } catch (RuntimeException e) {
      loop.abandon();
      throw e;
    }
    ExecutorService thread =
        Executors.newSingleThreadExecutor(new NamedThreads(clients.threads("consumer")));
    thread.execute(loop);
    thread.shutdown();
    return loop;
  }

  @Override
  public CompletionStage<?> prepare(Probe made) {
    reading.complete(null);
    return CompletableFuture.completedStage(null);
  }

  @Override
  public CompletionStage<?> check(Probe asked) {
    return topic.check(asked.admin(), asked.topicId());
  }

  @Override
  public void close(Probe gone) {
    gone.admin().close(Duration.ZERO);
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
