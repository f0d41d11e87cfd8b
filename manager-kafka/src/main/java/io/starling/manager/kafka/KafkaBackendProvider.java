package io.starling.manager.kafka;

import io.starling.manager.pubsub.BackendUrl;
import io.starling.manager.pubsub.BackendUrl.HostPort;
import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubBackendProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Creates the Kafka back end for the URL {@code kafka://[host[:9092],host…][/topic]}. {@code
 * kafka://} alone means localhost, and without a path the topic is named after the prefix. The
 * section "Kafka" of docs/configuration.md lists the parameters; those named {@code
 * kafka.<property>} are passed to Kafka's clients. The {@link java.util.ServiceLoader} finds this
 * class.
 */
public final class KafkaBackendProvider implements PubSubBackendProvider {
  private static final String CREATE = "create";
  private static final String PROPERTY = "kafka.";

  @Override
  public Set<String> schemes() {
    return Set.of("kafka");
  }

  @Override
  public Set<String> parameters() {
    return Set.of(CREATE, "partitions", "replication", "retention-seconds", PROPERTY + "*");
  }

  @Override
  public @Nullable String prefix(BackendUrl url) {
    String path = url.path();
    return path == null || path.isEmpty() ? null : path;
  }

  @Override
  public PubSubBackend create(BackendUrl url, String name) {
    KafkaBackend.Builder builder = KafkaBackend.builder().name(name);
    List<String> faults = new ArrayList<>();
    if (url.user() != null || url.password() != null) {
      faults.add("url: credentials (expected: kafka.sasl.jaas.config and its like)");
    }
    for (HostPort host : url.hosts()) {
      builder.server(host.host(), host.port());
    }
    Map<String, String> given = url.parameters();
    number(given, "partitions", builder::partitions, faults);
    number(given, "replication", builder::replication, faults);
    number(
        given,
        "retention-seconds",
        seconds -> builder.retention(Duration.ofSeconds(seconds)),
        faults);
    String create = given.getOrDefault(CREATE, "true");
    if (!create.equals("true") && !create.equals("false")) {
      faults.add("create: " + create + " (expected: true or false)");
    }
    builder.create(create.equals("true"));
    given.forEach(
        (key, value) -> {
          if (key.startsWith(PROPERTY)) {
            collect(faults, () -> builder.property(key.substring(PROPERTY.length()), value));
          }
        });
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", faults));
    }
    return builder.build();
  }

  private static void number(
      Map<String, String> given, String name, IntConsumer setting, List<String> faults) {
    String text = given.get(name);
    if (text == null) {
      return;
    }
    if (text.matches("[0-9]{1,9}")) {
      collect(faults, () -> setting.accept(Integer.parseInt(text)));
    } else {
      faults.add(name + ": " + text + " (expected: a whole number)");
    }
  }

  private static void collect(List<String> faults, Runnable setting) {
    try {
      setting.run();
    } catch (IllegalArgumentException e) {
      faults.add(String.valueOf(e.getMessage()));
    }
  }
}
