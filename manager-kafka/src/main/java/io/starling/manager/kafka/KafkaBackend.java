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
 * Builds the Kafka back end. All bus channels share one topic, which is named after the prefix. A
 * header of each record names the channel of the frame.
 */
public final class KafkaBackend {
  /** How long the brokers may take to answer a check of the connection. */
  static final Duration PATIENCE = Duration.ofSeconds(4);

  /** How long each of Kafka's clients may take to close. */
  static final Duration CLOSE = Duration.ofSeconds(1);

  private KafkaBackend() {}

  /** Starts a configuration for a broker on localhost. */
  public static Builder builder() {
    return new Builder();
  }

  /** Settings for a Kafka back end. A builder is not safe for use by several threads. */
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
     * Adds a broker that the clients connect to first. They learn of the other brokers from it.
     * Default {@code localhost:9092}.
     *
     * @param port 0 for the standard port, 9092
     */
    public Builder server(String host, int port) {
      servers.add(host + ":" + (port == 0 ? 9092 : port));
      return this;
    }

    /**
     * Sets whether a missing topic is created. Default true. If false, a missing topic makes the
     * connection fail, with an error that tells the command to create it.
     */
    public Builder create(boolean value) {
      this.create = value;
      return this;
    }

    /**
     * Sets how many partitions a new topic gets. Each host always writes to one of them. More than
     * one helps only when a single broker cannot carry the traffic of all hosts. Default 1.
     *
     * @param value 1 to 1,000
     */
    public Builder partitions(int value) {
      this.partitions = between("partitions", value, 1, 1_000);
      return this;
    }

    /**
     * Sets how many brokers keep a copy of a new topic. Default: the setting of the brokers.
     *
     * @param value 1 to 100
     */
    public Builder replication(int value) {
      this.replication = between("replication", value, 1, 100);
      return this;
    }

    /**
     * Sets how long a new topic keeps its records. A host that is cut off from the broker for less
     * than this time misses nothing. Default 1 h.
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
     * @throws IllegalArgumentException when Kafka does not know the property, or when Starling must
     *     set it itself to keep its promises
     */
    public Builder property(String key, String value) {
      KafkaClients.check(key);
      properties.put(key, value);
      return this;
    }

    /**
     * Sets a name that becomes part of the names of threads and clients. Default {@code manager}.
     */
    public Builder name(String value) {
      this.name = requireNonNull(value, "name");
      return this;
    }

    /** Creates the back end. Nothing is connected until it is started. */
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
