package io.starling.manager.kafka;

import static java.util.Objects.requireNonNull;

import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubBackend.Capability;
import io.starling.manager.pubsub.ReconnectingBackend;
import io.starling.manager.pubsub.ReconnectingBackend.Parts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Kafka: all channels share the topic that is named after the prefix; a record header says which
 * one a frame is for.
 */
public final class KafkaBackend {
  /** How long the brokers may take to answer when they are asked for a sign of life. */
  static final Duration PATIENCE = Duration.ofSeconds(4);

  /** How long each client may take to end. */
  static final Duration CLOSE = Duration.ofSeconds(1);

  private KafkaBackend() {}

  /** A broker on localhost, until told otherwise. */
  public static Builder builder() {
    return new Builder();
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
    public PubSubBackend build() {
      String bootstrap = bootstrap();
      KafkaClients clients = new KafkaClients(bootstrap, name, Map.copyOf(properties));
      KafkaTopic template =
          new KafkaTopic(bootstrap, "", create, partitions, replication, retention);
      return new ReconnectingBackend(
          "kafka://" + bootstrap,
          Set.of(Capability.DURABLE),
          (settings, listener) -> {
            KafkaTopic topic = template.named(settings.prefix());
            return new Parts(
                new KafkaPublishing(clients, topic),
                new KafkaSubscriptions(clients, topic, listener));
          });
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
