package io.starling.manager.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Creates the clients of the Kafka library. The settings on which the delivery promises of Starling
 * depend are fixed here and override those of the user.
 */
final class KafkaClients implements Clients {
  /** How long the brokers may take to answer any request. */
  static final Duration TIMEOUT = Duration.ofSeconds(5);

  /**
   * How long the producer tries to send a frame before the frame fails. Longer than one request, so
   * that a request can be repeated.
   */
  private static final int DELIVERY_MILLIS = 5_000;

  private static final int REQUEST_MILLIS = 3_000;
  private static final int MAX_BLOCK_MILLIS = 1_000;

  /**
   * How often the producer and the admin client ask which partitions the topic has. Not more often,
   * because the question of a producer may create a topic that was deleted.
   */
  private static final int METADATA_MILLIS = 10_000;

  /**
   * How often the consumer asks. Frames in a partition that was added wait until the consumer knows
   * it.
   */
  private static final int CONSUMER_METADATA_MILLIS = 2_000;

  /**
   * The properties that users must not set, because the delivery promises of Starling depend on
   * them.
   */
  private static final Set<String> OURS =
      Set.of(
          CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
          CommonClientConfigs.CLIENT_ID_CONFIG,
          CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG,
          CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG,
          ProducerConfig.ACKS_CONFIG,
          ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
          ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
          ProducerConfig.MAX_BLOCK_MS_CONFIG,
          ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
          ProducerConfig.LINGER_MS_CONFIG,
          ProducerConfig.TRANSACTIONAL_ID_CONFIG,
          ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
          ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
          ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
          ConsumerConfig.GROUP_ID_CONFIG,
          ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
          ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
          ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
          ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG);

  private final String bootstrap;
  private final String name;
  private final Map<String, ?> properties;

  KafkaClients(String bootstrap, String name, Map<String, ?> properties) {
    this.bootstrap = bootstrap;
    this.name = name;
    this.properties = properties;
  }

  /** Says why users must not set this property of a client; null if they may. */
  static @Nullable String fault(String property) {
    if (OURS.contains(property)) {
      return "not here (expected: none of " + new TreeSet<>(OURS) + ")";
    }
    boolean known =
        ProducerConfig.configNames().contains(property)
            || ConsumerConfig.configNames().contains(property)
            || property.startsWith("sasl.")
            || property.startsWith("ssl.");
    return known ? null : "unknown (expected: a property of Kafka's clients)";
  }

  @Override
  public String threads() {
    return "starling-" + name + "-kafka";
  }

  @Override
  public Admin admin() {
    Map<String, Object> config = common("admin", METADATA_MILLIS);
    config.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MILLIS);
    config.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) TIMEOUT.toMillis());
    return Admin.create(config);
  }

  @Override
  public Producer<byte[], byte[]> producer() {
    Map<String, Object> config = common("producer", METADATA_MILLIS);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MILLIS);
    config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MILLIS);
    config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_MILLIS);
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public Consumer<byte[], byte[]> consumer() {
    Map<String, Object> config = common("consumer", CONSUMER_METADATA_MILLIS);
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    config.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    config.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) TIMEOUT.toMillis());
    config.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_MILLIS);
    config.putIfAbsent(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 8 << 20);
    config.putIfAbsent(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 2 << 20);
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private Map<String, Object> common(String role, int metadataMillis) {
    Map<String, Object> config = new HashMap<>(properties);
    config.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
    config.put(CommonClientConfigs.CLIENT_ID_CONFIG, "starling-" + name + "-" + role);
    config.putIfAbsent(CommonClientConfigs.METADATA_MAX_AGE_CONFIG, metadataMillis);
    config.putIfAbsent(CommonClientConfigs.RECONNECT_BACKOFF_MS_CONFIG, 50);
    config.putIfAbsent(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
    config.putIfAbsent(CommonClientConfigs.ENABLE_METRICS_PUSH_CONFIG, false);
    config.putIfAbsent(CommonClientConfigs.METRIC_REPORTER_CLASSES_CONFIG, "");
    return config;
  }
}
