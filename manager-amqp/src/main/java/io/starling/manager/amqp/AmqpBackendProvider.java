package io.starling.manager.amqp;

import io.starling.manager.pubsub.BackendUrl;
import io.starling.manager.pubsub.BackendUrl.HostPort;
import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubBackendProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Creates the RabbitMQ back end for the URLs {@code
 * amqp://[user:password@]host[:5672][,host…][/virtual-host]} and {@code amqps://} (the same over
 * TLS, port 5671). {@code amqp://} alone means localhost. The section "RabbitMQ" of
 * docs/configuration.md lists the parameters. The {@link java.util.ServiceLoader} finds this class.
 */
public final class AmqpBackendProvider implements PubSubBackendProvider {
  private static final String TLS = "amqps";
  private static final String VERIFY = "verify";
  private static final String CA = "ca";

  @Override
  public Set<String> schemes() {
    return Set.of("amqp", TLS);
  }

  @Override
  public Set<String> parameters() {
    return Set.of("heartbeat-seconds", "connect-seconds", "queue-bytes", "prefetch", VERIFY, CA);
  }

  @Override
  public PubSubBackend create(BackendUrl url, String name) {
    AmqpBackend.Builder builder = AmqpBackend.builder().name(name);
    List<String> faults = new ArrayList<>();
    for (HostPort host : url.hosts()) {
      builder.host(host.host(), host.port());
    }
    credentials(url, builder, faults);
    if (url.path() != null && !url.path().isEmpty()) {
      builder.virtualHost(url.path());
    }
    Map<String, String> given = url.parameters();
    number(
        given,
        "heartbeat-seconds",
        seconds -> builder.heartbeat(Duration.ofSeconds(seconds)),
        faults);
    number(
        given,
        "connect-seconds",
        seconds -> builder.connectTimeout(Duration.ofSeconds(seconds)),
        faults);
    number(given, "queue-bytes", builder::queueBytes, faults);
    number(
        given,
        "prefetch",
        value -> builder.prefetch((int) Math.min(value, Integer.MAX_VALUE)),
        faults);
    collect(faults, () -> tls(url, builder));
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", faults));
    }
    return builder.build();
  }

  private static void credentials(
      BackendUrl url, AmqpBackend.Builder builder, List<String> faults) {
    String user = url.user();
    String password = url.password();
    if (user != null && password != null) {
      builder.credentials(user, password);
    } else if (user != null || password != null) {
      faults.add("url: only one of user and password (expected: user:password@)");
    }
  }

  private static void tls(BackendUrl url, AmqpBackend.Builder builder) {
    String verify = url.parameters().get(VERIFY);
    @Nullable String ca = url.parameters().get(CA);
    if (!url.scheme().equals(TLS)) {
      if (verify != null || ca != null) {
        throw new IllegalArgumentException("verify, ca: not here (expected: with amqps://)");
      }
      return;
    }
    Path authorities = ca == null ? null : Path.of(ca);
    switch (verify == null ? "full" : verify) {
      case "full" -> builder.tls(AmqpTls.trusting(authorities), true);
      case "ca" -> builder.tls(AmqpTls.trusting(authorities), false);
      case "none" -> builder.tls(AmqpTls.trustingAnybody(), false);
      default ->
          throw new IllegalArgumentException(
              "verify: " + verify + " (expected: one of ca, full, none)");
    }
  }

  private static void number(
      Map<String, String> given, String name, LongConsumer setting, List<String> faults) {
    String text = given.get(name);
    if (text == null) {
      return;
    }
    if (text.matches("[0-9]{1,12}")) {
      collect(faults, () -> setting.accept(Long.parseLong(text)));
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
