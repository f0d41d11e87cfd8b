package io.starling.manager.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.starling.manager.BackendState;
import io.starling.manager.BusCount;
import io.starling.manager.ManagerStatistics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * Registers the statistics of a manager or emitter as Micrometer meters: {@code new
 * ManagerMetrics(server::managerStatistics).bindTo(registry)}. docs/operations.md lists the names
 * of the meters. Each scrape calls the source of the statistics. The registry keeps the source
 * reachable.
 */
public final class ManagerMetrics implements MeterBinder {
  /**
   * The object that all meters are bound to. Micrometer refers to this object weakly, and a meter
   * reports NaN once its object is collected. A class object is not collected. The functions of the
   * meters hold the source of the statistics.
   */
  private static final Object ETERNAL = ManagerMetrics.class;

  private final Supplier<ManagerStatistics> source;
  private final Tags tags;

  /**
   * Creates a binder whose meters have no common tags.
   *
   * @param source returns the current statistics; must not block
   */
  public ManagerMetrics(Supplier<ManagerStatistics> source) {
    this(source, List.of());
  }

  /**
   * Creates a binder that adds tags to every meter.
   *
   * @param source returns the current statistics; must not block
   * @param tags tags such as the name of the application
   */
  public ManagerMetrics(Supplier<ManagerStatistics> source, Iterable<Tag> tags) {
    this.source = source;
    this.tags = Tags.of(tags);
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    for (BusCount count : BusCount.values()) {
      if (!count.meter().isEmpty()) {
        FunctionCounter.builder(name(count.meter()), ETERNAL, each -> source.get().get(count))
            .description(count.text())
            .tags(tags)
            .register(registry);
      }
    }
    FunctionTimer.builder(
            name("publish"),
            ETERNAL,
            each -> source.get().get(BusCount.PUBLISHED_FRAMES),
            each -> source.get().get(BusCount.PUBLISH_NANOS),
            TimeUnit.NANOSECONDS)
        .description("from the sending of a frame to its confirmation")
        .tags(tags)
        .register(registry);
    gauge(registry, "outbox.bytes", "queued or in flight", ManagerStatistics::outboxBytes);
    gauge(
        registry,
        "outbox.age",
        "seconds that the oldest operation has waited",
        now -> seconds(now.oldestOperation()));
    gauge(registry, "held.bytes", "waiting for a repair", ManagerStatistics::heldBytes);
    gauge(
        registry,
        "own.age",
        "seconds since an own frame was heard",
        now -> seconds(now.ownFrameAge()));
    gauge(
        registry,
        "reception.paused",
        "1 while the broker is asked for no more",
        now -> now.receptionPaused() ? 1 : 0);
    gauge(registry, "pending", "acks and queries waiting", ManagerStatistics::pendingRequests);
    gauge(registry, "hosts", "hosts alive, this one included", ManagerStatistics::hosts);
    for (BackendState state : BackendState.values()) {
      Gauge.builder(name("state"), ETERNAL, each -> source.get().state() == state ? 1 : 0)
          .description("1 for the state that it is in")
          .tags(tags.and("state", state.name()))
          .register(registry);
    }
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1_000.0;
  }

  private static String name(String meter) {
    return "starling.bus." + meter;
  }

  private void gauge(
      MeterRegistry registry,
      String name,
      String description,
      ToDoubleFunction<ManagerStatistics> value) {
    Gauge.builder(name(name), ETERNAL, each -> value.applyAsDouble(source.get()))
        .description(description)
        .tags(tags)
        .register(registry);
  }
}
