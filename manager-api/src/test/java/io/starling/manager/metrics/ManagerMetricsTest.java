package io.starling.manager.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.starling.manager.BackendState;
import io.starling.manager.BusCount;
import io.starling.manager.ManagerStatistics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ManagerMetricsTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private ManagerStatistics now =
      new ManagerStatistics(
          Map.ofEntries(
              Map.entry(BusCount.PUBLISHED, 1L),
              Map.entry(BusCount.PUBLISHED_FRAMES, 2L),
              Map.entry(BusCount.PUBLISHED_BYTES, 3L),
              Map.entry(BusCount.PUBLISH_NANOS, 40_000_000L),
              Map.entry(BusCount.PUBLISH_FAILURES, 5L),
              Map.entry(BusCount.RECEIVED, 6L),
              Map.entry(BusCount.REJECTED_FRAMES, 7L),
              Map.entry(BusCount.SKIPPED_MESSAGES, 8L),
              Map.entry(BusCount.DUPLICATES, 9L),
              Map.entry(BusCount.MISSING, 10L),
              Map.entry(BusCount.REPAIRED, 11L),
              Map.entry(BusCount.REFUSED, 15L),
              Map.entry(BusCount.UNRECEIVED, 16L)),
          12,
          Duration.ofMillis(1_600),
          17,
          Duration.ofMillis(1_800),
          true,
          13,
          14,
          BackendState.UP);

  @Test
  void everyStatisticHasItsMeterAndIsReadAnewAtEachScrape() {
    new ManagerMetrics(() -> now, List.of(Tag.of("app", "chat"))).bindTo(registry);

    assertThat(counter("published")).isEqualTo(1);
    assertThat(counter("published.bytes")).isEqualTo(3);
    assertThat(counter("publish.failures")).isEqualTo(5);
    assertThat(counter("received")).isEqualTo(6);
    assertThat(counter("rejected")).isEqualTo(7);
    assertThat(counter("skipped")).isEqualTo(8);
    assertThat(counter("duplicates")).isEqualTo(9);
    assertThat(counter("missing")).isEqualTo(10);
    assertThat(counter("repaired")).isEqualTo(11);
    assertThat(counter("refused")).isEqualTo(15);
    assertThat(counter("unreceived")).isEqualTo(16);
    assertThat(gauge("outbox.bytes")).isEqualTo(12);
    assertThat(gauge("outbox.age")).isEqualTo(1.6);
    assertThat(gauge("held.bytes")).isEqualTo(17);
    assertThat(gauge("own.age")).isEqualTo(1.8);
    assertThat(gauge("reception.paused")).isEqualTo(1);
    assertThat(gauge("pending")).isEqualTo(13);
    assertThat(gauge("hosts")).isEqualTo(14);
    assertThat(registry.get("starling.bus.publish").functionTimer().count()).isEqualTo(2);
    assertThat(registry.get("starling.bus.publish").functionTimer().mean(TimeUnit.MILLISECONDS))
        .isEqualTo(20);
    assertThat(state("UP")).isEqualTo(1);
    assertThat(state("DOWN")).isZero();

    now = ManagerStatistics.alone(BackendState.DOWN);
    assertThat(state("DOWN")).isEqualTo(1);
    assertThat(gauge("hosts")).isEqualTo(1);
  }

  private double counter(String name) {
    return registry.get("starling.bus." + name).tag("app", "chat").functionCounter().count();
  }

  private double gauge(String name) {
    return registry.get("starling.bus." + name).gauge().value();
  }

  private double state(String state) {
    return registry.get("starling.bus.state").tag("state", state).gauge().value();
  }
}
