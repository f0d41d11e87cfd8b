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
 * Reads what others publish. There is one consumer at most, from the first connection to the close:
 * it reconnects by itself and tells nobody, so what is opened and checked here is a client that
 * asks whether the brokers and the topic are there.
 */
final class KafkaSubscriptions
    implements Subscribing, Reconnecting.Driver<KafkaSubscriptions.Probe> {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaSubscriptions.class);

  private final Clients clients;
  private final KafkaTopic topic;
  private final Wishes wishes;
  private final Reconnecting<Probe> link;
  private final Set<String> channels = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<Void> reading = new CompletableFuture<>();
  private volatile @Nullable Admin asking;
  private volatile @Nullable ConsumerLoop beginning;
  private volatile boolean paused;
  private volatile boolean closed;

  // The rest belongs to the link's thread.
  private @Nullable ConsumerLoop reader;
  private @Nullable Uuid topicRead;

  /** Asks for a sign of life. */
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

  /** Any thread. */
  @Override
  public CompletionStage<Void> subscribe(String channel) {
    channels.add(channel);
    return reading.minimalCompletionStage();
  }

  /** Any thread. */
  @Override
  public CompletionStage<Void> unsubscribe(String channel) {
    channels.remove(channel);
    return CompletableFuture.completedStage(null);
  }

  /** Any thread. */
  @Override
  public void pause(boolean pause) {
    paused = pause;
  }

  /** Completes when the consumer is closed, too. */
  @Override
  public CompletionStage<Void> close() {
    closed = true;
    reading.completeExceptionally(topic.address().closed());
    Admin now = asking;
    if (now != null) {
      // So that a connection that is being opened does not wait for the brokers any longer.
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
