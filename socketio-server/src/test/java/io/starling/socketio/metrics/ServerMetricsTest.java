package io.starling.socketio.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.starling.engineio.TransportKind;
import io.starling.socketio.DisconnectReason;
import io.starling.socketio.ServerCount;
import io.starling.socketio.ServerStatistics;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ServerMetricsTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private Map<String, Integer> sockets = Map.of("/", 3, "/b", 4);
  private long connected = 5;
  private long nowNanos;

  private final ServerMetrics metrics =
      new ServerMetrics(this::statistics, List.of(Tag.of("app", "chat")), () -> nowNanos);

  private ServerStatistics statistics() {
    return new ServerStatistics(
        Map.of(TransportKind.POLLING, 1, TransportKind.WEBSOCKET, 2),
        sockets,
        Map.ofEntries(
            Map.entry(ServerCount.CONNECTED, connected),
            Map.entry(ServerCount.CONNECTS_REFUSED, 6L),
            Map.entry(ServerCount.PACKETS_REFUSED, 9L),
            Map.entry(ServerCount.MESSAGES_RECEIVED, 10L),
            Map.entry(ServerCount.BYTES_RECEIVED, 11L),
            Map.entry(ServerCount.EVENTS_RECEIVED, 12L),
            Map.entry(ServerCount.EVENTS_HANDLED, 2L),
            Map.entry(ServerCount.HANDLER_NANOS, 40_000_000L),
            Map.entry(ServerCount.HANDLERS_FAILED, 15L),
            Map.entry(ServerCount.REQUESTS_FAILED, 16L),
            Map.entry(ServerCount.EMITS, 17L),
            Map.entry(ServerCount.MESSAGES_SENT, 18L),
            Map.entry(ServerCount.BYTES_SENT, 19L)),
        Map.of(DisconnectReason.SLOW_CONSUMER, 7L),
        Map.of("FORBIDDEN", 8L),
        20,
        21);
  }

  @Test
  void everyStatisticHasItsMeter() {
    metrics.bindTo(registry);

    assertThat(gauge("connections", "transport", "polling")).isEqualTo(1);
    assertThat(gauge("connections", "transport", "websocket")).isEqualTo(2);
    assertThat(gauge("sockets", "namespace", "/")).isEqualTo(3);
    assertThat(gauge("sockets", "namespace", "/b")).isEqualTo(4);
    assertThat(counter("connects", "result", "accepted")).isEqualTo(5);
    assertThat(counter("connects", "result", "refused")).isEqualTo(6);
    assertThat(counter("disconnects", "reason", "slow consumer")).isEqualTo(7);
    assertThat(counter("disconnects", "reason", "ping timeout")).isZero();
    assertThat(counter("handshakes.refused", "reason", "FORBIDDEN")).isEqualTo(8);
    assertThat(counter("packets.refused")).isEqualTo(9);
    assertThat(counter("messages", "direction", "in")).isEqualTo(10);
    assertThat(counter("bytes", "direction", "in")).isEqualTo(11);
    assertThat(counter("events", "direction", "in")).isEqualTo(12);
    assertThat(counter("handler.failures")).isEqualTo(15);
    assertThat(counter("request.failures")).isEqualTo(16);
    assertThat(counter("events", "direction", "out")).isEqualTo(17);
    assertThat(counter("messages", "direction", "out")).isEqualTo(18);
    assertThat(counter("bytes", "direction", "out")).isEqualTo(19);
    assertThat(gauge("backlog.bytes")).isEqualTo(20);
    assertThat(gauge("pending.events")).isEqualTo(21);
    assertThat(registry.get("starling.server.handler").functionTimer().mean(TimeUnit.MILLISECONDS))
        .isEqualTo(20);
  }

  @Test
  void theServerIsLookedAtOnceASecondAtMost() {
    metrics.bindTo(registry);
    connected = 50;
    assertThat(counter("connects", "result", "accepted")).isEqualTo(5);
    nowNanos = TimeUnit.SECONDS.toNanos(1);
    assertThat(counter("connects", "result", "accepted")).isEqualTo(50);
  }

  @Test
  void namespacesComeAndGo() {
    metrics.bindTo(registry);
    sockets = Map.of("/c", 1);
    nowNanos = TimeUnit.SECONDS.toNanos(1);
    metrics.refresh();

    assertThat(gauge("sockets", "namespace", "/c")).isEqualTo(1);
    assertThat(registry.find("starling.server.sockets").gauges()).hasSize(1);
  }

  @Test
  void namespaceThatIsMadeLaterAppearsWhenAnyMeterIsRead() {
    SimpleMeterRegistry other = new SimpleMeterRegistry();
    metrics.bindTo(registry);
    metrics.bindTo(other);
    sockets = Map.of("/", 1, "/late", 2);
    nowNanos = TimeUnit.SECONDS.toNanos(1);
    registry.getMeters().forEach(meter -> meter.measure().forEach(Measurement::getValue));

    assertThat(gauge("sockets", "namespace", "/late")).isEqualTo(2);
    assertThat(registry.find("starling.server.sockets").gauges()).hasSize(2);
    assertThat(other.find("starling.server.sockets").gauges()).hasSize(2);
  }

  @Test
  void socketsOfANamespaceAreThoseOfNow() {
    metrics.bindTo(registry);
    sockets = Map.of("/", 30, "/b", 40);
    nowNanos = TimeUnit.SECONDS.toNanos(1);

    assertThat(gauge("sockets", "namespace", "/b")).isEqualTo(40);
  }

  @Test
  void manyNamespacesDoNotMakeManyMeters() {
    sockets =
        IntStream.rangeClosed(1, 1000)
            .boxed()
            .collect(Collectors.toMap(number -> "/room-" + number, number -> number));
    nowNanos = TimeUnit.SECONDS.toNanos(1);
    metrics.bindTo(registry);

    assertThat(registry.find("starling.server.sockets").gauges()).hasSize(101);
    assertThat(gauge("sockets", "namespace", "/room-1000")).isEqualTo(1000);
    assertThat(gauge("sockets", "namespace", "(others)")).isEqualTo(900 * 901 / 2);
  }

  private double counter(String name, String... tags) {
    return registry
        .get("starling.server." + name)
        .tags(Tags.of("app", "chat").and(tags))
        .functionCounter()
        .count();
  }

  private double gauge(String name, String... tags) {
    return registry
        .get("starling.server." + name)
        .tags(Tags.of("app", "chat").and(tags))
        .gauge()
        .value();
  }
}
