package io.starling.manager.kafka;

import io.starling.manager.pubsub.BackendUrl;
import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubBackend.Capability;
import io.starling.manager.pubsub.PubSubBackendProvider;
import io.starling.manager.pubsub.ReconnectingBackend;
import io.starling.manager.pubsub.UrlParameters;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Creates the Kafka back end for the URLs {@code
 * kafka://[user:password@][host[:9092],host…][/topic]} and {@code kafkas://} (the same over TLS).
 * {@code kafka://} alone means localhost, and without a path the topic is named after the prefix.
 * The section "Kafka" of docs/configuration.md lists the parameters; those named {@code
 * kafka.<property>} are passed to Kafka's clients. The {@link java.util.ServiceLoader} finds this
 * class.
 *
 * <p>All bus channels share one topic. A header of each record names the channel of the frame.
 */
public final class KafkaBackendProvider implements PubSubBackendProvider {
  private static final String PROPERTY = "kafka.";
  private static final int PORT = 9092;

  @Override
  public Set<String> schemes() {
    return Set.of("kafka", KafkaSecurity.TLS);
  }

  @Override
  public Set<String> parameters() {
    return Set.of(
        "create",
        "partitions",
        "replication",
        "retention-seconds",
        KafkaSecurity.CA,
        KafkaSecurity.VERIFY,
        PROPERTY + "*");
  }

  @Override
  public @Nullable String prefix(BackendUrl url) {
    String path = url.path();
    return path == null || path.isEmpty() ? null : path;
  }

  @Override
  public PubSubBackend create(BackendUrl url, String name) {
    UrlParameters given = new UrlParameters(url);
    boolean create = given.flag("create", true);
    int partitions = (int) given.number("partitions", 1, 1, 1_000);
    int replication = (int) given.number("replication", -1, 1, 100);
    long retention = given.number("retention-seconds", 3_600, 60, Long.MAX_VALUE);
    Map<String, Object> properties = properties(url, given);
    KafkaSecurity.add(url, given, properties);
    given.check();
    String bootstrap = bootstrap(url);
    KafkaClients clients = new KafkaClients(bootstrap, name, properties);
    String brokers = url.scheme() + "://" + bootstrap;
    return new ReconnectingBackend(
        brokers,
        clients.threads(),
        Set.of(Capability.DURABLE),
        (settings, listener) ->
            new KafkaBroker(
                clients,
                new KafkaTopic(
                    brokers,
                    settings.prefix(),
                    create,
                    partitions,
                    replication,
                    Duration.ofSeconds(retention)),
                listener));
  }

  private static String bootstrap(BackendUrl url) {
    return url.hosts().isEmpty()
        ? "localhost:" + PORT
        : url.hosts().stream()
            .map(host -> host.host() + ":" + host.portOr(PORT))
            .collect(Collectors.joining(","));
  }

  /** Returns the properties of Kafka's clients. */
  private static Map<String, Object> properties(BackendUrl url, UrlParameters given) {
    Map<String, Object> properties = new HashMap<>();
    url.parameters()
        .forEach(
            (name, value) -> {
              if (name.startsWith(PROPERTY)) {
                String property = name.substring(PROPERTY.length());
                String fault = KafkaClients.fault(property);
                if (fault != null) {
                  given.fault(name + ": " + fault);
                }
                properties.put(property, value);
              }
            });
    return properties;
  }
}
