package io.starling.manager.kafka;

import static java.util.Objects.requireNonNull;

import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubSettings;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kafka: all channels share the topic that is named after the prefix; a record header says which
 * one a frame is for. A {@link KafkaSession} keeps the clients.
 */
public final class KafkaBackend implements PubSubBackend {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaBackend.class);

  private final Builder options;
  private @Nullable KafkaSession session;
  private @Nullable CompletableFuture<Void> closed;

  private KafkaBackend(Builder options) {
    this.options = options;
  }

  /** A broker on localhost, until told otherwise. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public CompletionStage<Void> start(
      Set<Direction> directions, PubSubSettings settings, Listener listener) {
    return open(directions, settings, listener)
        .start()
        .handle(
            (done, error) ->
                error == null
                    ? CompletableFuture.<Void>completedStage(null)
                    : release().thenCompose(freed -> CompletableFuture.<Void>failedStage(error)))
        .thenCompose(stage -> stage);
  }

  private synchronized KafkaSession open(
      Set<Direction> directions, PubSubSettings settings, Listener listener) {
    if (session != null || closed != null) {
      throw new IllegalStateException(this + ": started before (expected: once)");
    }
    KafkaAddress address = new KafkaAddress(options.bootstrap(), settings.prefix());
    session =
        new KafkaSession(
            address,
            new KafkaClients(options.bootstrap(), options.name, Map.copyOf(options.properties)),
            new KafkaTopic(
                settings.prefix(),
                options.create,
                options.partitions,
                options.replication,
                options.retention),
            options.name,
            directions,
            settings.keepTrying(),
            listener);
    return session;
  }

  @Override
  public CompletionStage<Integer> publish(String channel, ByteBuffer frame) {
    KafkaSession now = open();
    return now == null ? notOpen() : now.publish(channel, frame);
  }

  @Override
  public CompletionStage<Void> subscribe(String channel) {
    KafkaSession now = open();
    return now == null ? notOpen() : now.subscribe(channel);
  }

  @Override
  public CompletionStage<Void> unsubscribe(String channel) {
    KafkaSession now = open();
    return now == null ? notOpen() : now.unsubscribe(channel);
  }

  @Override
  public void pause() {
    pause(true);
  }

  @Override
  public void resume() {
    pause(false);
  }

  private void pause(boolean pause) {
    KafkaSession now = open();
    if (now != null) {
      now.pause(pause);
    }
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.DURABLE);
  }

  @Override
  public void close(Duration timeout) {
    try {
      release().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      LOG.warn("{}: not closed within {} ms", this, timeout.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized @Nullable KafkaSession open() {
    return closed == null ? session : null;
  }

  private <T> CompletionStage<T> notOpen() {
    return CompletableFuture.failedStage(
        new IllegalStateException(this + ": not open (expected: started and not closed)"));
  }

  private synchronized CompletableFuture<Void> release() {
    if (closed == null) {
      KafkaSession last = session;
      ExecutorService closer =
          Executors.newSingleThreadExecutor(new NamedThreads(options.name, "closer"));
      closed =
          last == null
              ? CompletableFuture.completedFuture(null)
              : CompletableFuture.runAsync(last::close, closer);
      closer.shutdown();
    }
    return closed;
  }

  @Override
  public String toString() {
    return "kafka://" + options.bootstrap();
  }

  /** Gathers what a back end needs. Not safe for several threads. */
  public static final class Builder {
    private final List<String> servers = new ArrayList<>();
    private final Map<String, String> properties = new LinkedHashMap<>();
    private boolean create = true;
    private int partitions = 1;
    private int replication = -1;
    private Duration retention = Duration.ofHours(1);
    private String name = "manager";

    private Builder() {}

    /**
     * Adds a broker to begin with. Default {@code localhost:9092}.
     *
     * @param port 0 for 9092
     */
    public Builder server(String host, int port) {
      servers.add(host + ":" + (port == 0 ? 9092 : port));
      return this;
    }

    /** Whether a missing topic is made. Default true. */
    public Builder create(boolean value) {
      this.create = value;
      return this;
    }

    /**
     * How many partitions a new topic gets. One origin always uses one of them, so more are of use
     * only when one broker cannot carry the traffic of all hosts. Default 1.
     */
    public Builder partitions(int value) {
      this.partitions = between("partitions", value, 1, 1_000);
      return this;
    }

    /** How many brokers keep a new topic. Default the brokers' own setting. */
    public Builder replication(int value) {
      this.replication = between("replication", value, 1, 100);
      return this;
    }

    /**
     * How long a new topic keeps records: for so long a host may be away from the broker and miss
     * nothing. Default 1 h.
     *
     * @param value at least 60 s
     */
    public Builder retention(Duration value) {
      if (value.toSeconds() < 60) {
        throw new IllegalArgumentException(
            "retention-seconds: " + value.toSeconds() + " (expected: at least 60)");
      }
      this.retention = value;
      return this;
    }

    /**
     * Sets a property of Kafka's clients, such as {@code security.protocol}.
     *
     * @throws IllegalArgumentException for what Starling's promises rest on, and unknown names
     */
    public Builder property(String key, String value) {
      KafkaClients.check(key);
      properties.put(key, value);
      return this;
    }

    /** What threads and clients are called. Default {@code manager}. */
    public Builder name(String value) {
      this.name = requireNonNull(value, "name");
      return this;
    }

    /** A back end that is not started. */
    public KafkaBackend build() {
      return new KafkaBackend(this);
    }

    private String bootstrap() {
      return servers.isEmpty() ? "localhost:9092" : String.join(",", servers);
    }

    private static int between(String what, int value, int from, int to) {
      if (value < from || value > to) {
        throw new IllegalArgumentException(
            what + ": " + value + " (expected: " + from + " to " + to + ")");
      }
      return value;
    }
  }
}
