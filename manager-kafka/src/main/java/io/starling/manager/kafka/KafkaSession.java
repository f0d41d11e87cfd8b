package io.starling.manager.kafka;

import io.starling.manager.Accepted;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubBackend.Listener;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clients of a started back end, and whether they work. Kafka's clients reconnect by themselves
 * and tell nobody, so the cluster is asked for a sign of life every 2 s; what fails to be published
 * is noticed at once.
 *
 * <p>A producer repeats requests in order and by itself, for 5 s at most. When one of its frames
 * fails it is closed with all that it still holds, so that nothing old follows what the publisher
 * above sends again through the next one. All state but what is volatile belongs to the
 * supervisor's thread.
 */
final class KafkaSession {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaSession.class);
  private static final long PROBE_MILLIS = 2_000;
  private static final long MIN_BACKOFF_MILLIS = 50;
  private static final long MAX_BACKOFF_MILLIS = 2_000;
  private static final Duration CLOSE = Duration.ofSeconds(1);

  private final KafkaAddress address;
  private final KafkaClients clients;
  private final KafkaTopic topic;
  private final String name;
  private final Set<Direction> directions;
  private final boolean keepTrying;
  private final Listener listener;
  private final ScheduledThreadPoolExecutor thread;
  private final CompletableFuture<Void> started = new CompletableFuture<>();
  private final Set<Direction> broken = EnumSet.noneOf(Direction.class);
  private final long startedNanos = System.nanoTime();

  /** The channels subscribed to before there is a reader. */
  private final Set<String> early = ConcurrentHashMap.newKeySet();

  private volatile @Nullable KafkaProducer<byte[], byte[]> producer;
  private volatile @Nullable ConsumerLoop reader;
  private volatile boolean paused;
  private volatile boolean closed;
  private @Nullable Admin admin;
  private int partition = -1;
  private int failures;

  KafkaSession(
      KafkaAddress address,
      KafkaClients clients,
      KafkaTopic topic,
      String name,
      Set<Direction> directions,
      boolean keepTrying,
      Listener listener) {
    this.address = address;
    this.clients = clients;
    this.topic = topic;
    this.name = name;
    this.directions = directions;
    this.keepTrying = keepTrying;
    this.listener = listener;
    this.thread =
        new ScheduledThreadPoolExecutor(
            1, new NamedThreads(name, "supervisor"), new ThreadPoolExecutor.DiscardPolicy());
  }

  CompletionStage<Void> start() {
    thread.execute(this::connect);
    return keepTrying ? CompletableFuture.completedStage(null) : started;
  }

  private void connect() {
    try {
      if (admin == null) {
        admin = clients.admin();
      }
      int partitions = topic.find(admin, address);
      if (partitions == 0) {
        again(new org.apache.kafka.common.errors.TimeoutException("topic not there yet"));
        return;
      }
      partition = ThreadLocalRandom.current().nextInt(partitions);
      if (directions.contains(Direction.SUBSCRIBE)) {
        read();
      }
      if (directions.contains(Direction.PUBLISH)) {
        producer = newProducer();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    } catch (Exception e) {
      again(e);
      return;
    }
    failures = 0;
    if (keepTrying) {
      directions.forEach(listener::connectionRestored);
    }
    started.complete(null);
    later(PROBE_MILLIS, this::probe);
  }

  private void again(Exception why) {
    boolean late = System.nanoTime() - startedNanos > KafkaClients.TIMEOUT.toNanos();
    boolean onItsWay = why instanceof org.apache.kafka.common.errors.TimeoutException;
    if (keepTrying || (onItsWay && !late)) {
      LOG.debug("{}: not connected", address, why);
      later(onItsWay ? MIN_BACKOFF_MILLIS : backoffMillis(), this::connect);
    } else {
      started.completeExceptionally(
          why instanceof BackendUnavailableException || why instanceof IllegalArgumentException
              ? why
              : address.unavailable(Outcome.NOT_SENT, why));
    }
  }

  private void read() {
    ConsumerLoop loop = new ConsumerLoop(clients.consumer(), topic.name(), listener);
    try {
      loop.begin();
    } catch (RuntimeException e) {
      loop.abandon();
      throw e;
    }
    loop.pause(paused);
    reader = loop;
    early.forEach(loop::subscribe);
    ExecutorService consumer =
        Executors.newSingleThreadExecutor(new NamedThreads(name, "consumer"));
    consumer.execute(loop);
    consumer.shutdown();
  }

  private KafkaProducer<byte[], byte[]> newProducer() {
    KafkaProducer<byte[], byte[]> made = clients.producer();
    try {
      // So that the first frame does not wait for the metadata.
      int partitions = made.partitionsFor(topic.name()).size();
      partition = partition < partitions ? partition : partition % partitions;
      return made;
    } catch (RuntimeException e) {
      made.close(Duration.ZERO);
      throw e;
    }
  }

  /** Called by one thread; waits for 1 s at most, while a broker's memory is full. */
  CompletionStage<Integer> publish(String channel, ByteBuffer frame) {
    KafkaProducer<byte[], byte[]> now = producer;
    CompletableFuture<Integer> taken = new CompletableFuture<>();
    if (now == null) {
      taken.completeExceptionally(address.unavailable(Outcome.NOT_SENT, null));
      return taken;
    }
    byte[] value = new byte[frame.remaining()];
    frame.duplicate().get(value);
    List<Header> headers =
        List.of(new RecordHeader(ConsumerLoop.CHANNEL, channel.getBytes(StandardCharsets.UTF_8)));
    try {
      var unused =
          now.send(
              new ProducerRecord<>(topic.name(), partition, null, null, value, headers),
              (metadata, error) -> {
                if (error == null) {
                  taken.complete(Accepted.UNKNOWN);
                } else {
                  taken.completeExceptionally(address.unavailable(Outcome.UNKNOWN, error));
                  thread.execute(() -> failed(now, error));
                }
              });
    } catch (KafkaException | IllegalStateException e) {
      taken.completeExceptionally(address.unavailable(Outcome.NOT_SENT, e));
      thread.execute(() -> failed(now, e));
    }
    return taken;
  }

  /** The producer is done for: what it still holds must not follow what comes after it. */
  private void failed(KafkaProducer<byte[], byte[]> which, Throwable cause) {
    if (producer == which) {
      producer = null;
      lost(Direction.PUBLISH, cause);
      which.close(Duration.ZERO);
      later(backoffMillis(), this::restore);
    }
  }

  private void probe() {
    if (closed || admin == null) {
      return;
    }
    try {
      var nodes = admin.describeCluster().nodes().get(4, TimeUnit.SECONDS);
      LOG.trace("{}: {} brokers", address, nodes.size());
      if (broken.contains(Direction.SUBSCRIBE)) {
        found(Direction.SUBSCRIBE);
      }
      if (broken.contains(Direction.PUBLISH)) {
        restore();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    } catch (Exception e) {
      directions.forEach(direction -> lost(direction, e));
    }
    later(broken.isEmpty() ? PROBE_MILLIS : backoffMillis(), this::probe);
  }

  private void restore() {
    if (closed || !broken.contains(Direction.PUBLISH)) {
      return;
    }
    try {
      if (producer == null) {
        producer = newProducer();
      }
      found(Direction.PUBLISH);
    } catch (RuntimeException e) {
      LOG.debug("{}: cannot publish yet", address, e);
    }
  }

  private void lost(Direction direction, Throwable cause) {
    if (!closed && directions.contains(direction) && broken.add(direction)) {
      listener.connectionLost(direction, address.unavailable(Outcome.UNKNOWN, cause));
    }
  }

  private void found(Direction direction) {
    failures = 0;
    if (broken.remove(direction)) {
      listener.connectionRestored(direction);
    }
  }

  CompletionStage<Void> subscribe(String channel) {
    early.add(channel);
    ConsumerLoop now = reader;
    if (now != null) {
      now.subscribe(channel);
    }
    return CompletableFuture.completedStage(null);
  }

  CompletionStage<Void> unsubscribe(String channel) {
    early.remove(channel);
    ConsumerLoop now = reader;
    if (now != null) {
      now.unsubscribe(channel);
    }
    return CompletableFuture.completedStage(null);
  }

  void pause(boolean pause) {
    paused = pause;
    ConsumerLoop now = reader;
    if (now != null) {
      now.pause(pause);
    }
  }

  /** Blocks for 4 s at most. */
  void close() {
    closed = true;
    thread.shutdownNow();
    started.completeExceptionally(
        new BackendUnavailableException(
            address + ": closed (expected: an open one)", Outcome.NOT_SENT, null));
    try {
      boolean quiet = thread.awaitTermination(CLOSE.toMillis(), TimeUnit.MILLISECONDS);
      LOG.debug("{}: supervisor ended {}", address, quiet);
      ConsumerLoop last = reader;
      if (last != null) {
        last.close(CLOSE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    KafkaProducer<byte[], byte[]> open = producer;
    producer = null;
    if (open != null) {
      open.close(broken.isEmpty() ? CLOSE : Duration.ZERO);
    }
    if (admin != null) {
      admin.close(Duration.ZERO);
    }
  }

  private void later(long millis, Runnable task) {
    ScheduledFuture<?> unused = thread.schedule(task, millis, TimeUnit.MILLISECONDS);
  }

  private long backoffMillis() {
    long full = Math.min(MAX_BACKOFF_MILLIS, MIN_BACKOFF_MILLIS << Math.min(failures++, 10));
    return full / 2 + ThreadLocalRandom.current().nextLong(full / 2 + 1);
  }
}
