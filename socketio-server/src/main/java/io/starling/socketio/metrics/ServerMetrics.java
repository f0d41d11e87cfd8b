package io.starling.socketio.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.starling.engineio.TransportKind;
import io.starling.socketio.DisconnectReason;
import io.starling.socketio.ServerCount;
import io.starling.socketio.ServerStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * Publishes the statistics of a server as Micrometer meters: {@code new
 * ServerMetrics(server::statistics).bindTo(registry)}. The names of the meters are listed in
 * docs/operations.md.
 *
 * <p>When a registry reads meters, the statistics are fetched from the server at most once a
 * second. A registry refers to the server as long as the registry exists. Thread-safe.
 */
public final class ServerMetrics implements MeterBinder {
  /**
   * The most namespaces that have a meter of their own; all others share one. Without a limit,
   * clients could make any number of meters where they may create namespaces.
   */
  private static final int MAX_NAMESPACES = 100;

  private static final String OTHERS = "(others)";

  /**
   * The object that all meters are registered with. Micrometer refers to it weakly, so it must
   * never be collected as garbage. The meters' functions, which Micrometer refers to strongly,
   * ignore it and read {@link #last}.
   */
  private static final Object ETERNAL = ServerMetrics.class;

  private static final long MAX_AGE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Supplier<ServerStatistics> source;
  private final LongSupplier clock;
  private final Tags tags;
  private final List<MultiGauge> namespaces = new CopyOnWriteArrayList<>();

  /**
   * The names of the namespaces that have a meter; an immutable set. Any thread reads this field;
   * only holders of the lock on this object replace it.
   */
  private volatile Set<String> shown = Set.of();

  private volatile Look last;

  /**
   * The statistics at one moment.
   *
   * @param sockets the number of sockets for each namespace that has a meter
   */
  private record Look(ServerStatistics statistics, Map<String, Integer> sockets, long nanos) {}

  /**
   * Meters without further tags.
   *
   * @param source returns the current statistics of the server
   */
  public ServerMetrics(Supplier<ServerStatistics> source) {
    this(source, List.of());
  }

  /**
   * Meters with further tags.
   *
   * @param source returns the current statistics of the server
   * @param tags tags for every meter, such as the name of the application
   */
  public ServerMetrics(Supplier<ServerStatistics> source, Iterable<Tag> tags) {
    this(source, tags, System::nanoTime);
  }

  ServerMetrics(Supplier<ServerStatistics> source, Iterable<Tag> tags, LongSupplier clock) {
    this.source = source;
    this.clock = clock;
    this.tags = Tags.of(tags);
    this.last = fetch();
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    bindConnections(registry);
    for (ServerCount count : ServerCount.values()) {
      if (!count.meter().isEmpty()) {
        Tags more = Tags.of(count.tags().toArray(String[]::new));
        counter(registry, count.meter(), more, now -> now.get(count));
      }
    }
    FunctionTimer.builder(
            "starling.server.handler",
            ETERNAL,
            each -> now().get(ServerCount.EVENTS_HANDLED),
            each -> now().get(ServerCount.HANDLER_NANOS),
            TimeUnit.NANOSECONDS)
        .description("handlers of events")
        .tags(tags)
        .register(registry);
    gauge(registry, "backlog.bytes", Tags.empty(), ServerStatistics::backlogBytes);
    gauge(registry, "pending.events", Tags.empty(), ServerStatistics::pendingEvents);
    MultiGauge sockets =
        MultiGauge.builder("starling.server.sockets")
            .description("connected, by namespace")
            .tags(tags)
            .register(registry);
    synchronized (this) {
      namespaces.add(sockets);
      shown = Set.of();
    }
    refresh();
  }

  /**
   * Registers a meter {@code starling.server.sockets} for each namespace that exists now. This also
   * happens, at most once a second, when a registry reads any meter of the server. But a scrape may
   * list its meters before it reads them, so a new namespace may be missing in one scrape. Call
   * this method before a scrape to avoid that.
   *
   * <p>If there are more than 100 namespaces, those with the most sockets have meters of their own.
   * The others share the meter {@code (others)}.
   */
  public void refresh() {
    show(look().sockets());
  }

  private void show(Map<String, Integer> sockets) {
    if (sockets.keySet().equals(shown)) {
      return;
    }
    synchronized (this) {
      List<MultiGauge.Row<?>> rows = new ArrayList<>();
      for (String name : sockets.keySet()) {
        rows.add(
            MultiGauge.Row.of(
                Tags.of("namespace", name),
                ETERNAL,
                each -> look().sockets().getOrDefault(name, 0)));
      }
      namespaces.forEach(gauge -> gauge.register(rows));
      shown = Set.copyOf(sockets.keySet());
    }
  }

  private void bindConnections(MeterRegistry registry) {
    for (TransportKind kind : TransportKind.values()) {
      gauge(
          registry,
          "connections",
          Tags.of("transport", kind.text()),
          now -> now.connections().getOrDefault(kind, 0));
    }
    for (DisconnectReason reason : DisconnectReason.values()) {
      counter(
          registry,
          "disconnects",
          Tags.of("reason", reason.text()),
          now -> now.disconnects().getOrDefault(reason, 0L));
    }
    for (String reason : now().handshakesRefused().keySet()) {
      counter(
          registry,
          "handshakes.refused",
          Tags.of("reason", reason),
          now -> now.handshakesRefused().getOrDefault(reason, 0L));
    }
  }

  private static Map<String, Integer> bounded(Map<String, Integer> sockets) {
    Map<String, Integer> kept = new TreeMap<>();
    sockets.entrySet().stream()
        .sorted(
            Map.Entry.<String, Integer>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .forEach(
            entry ->
                kept.merge(
                    kept.size() < MAX_NAMESPACES ? entry.getKey() : OTHERS,
                    entry.getValue(),
                    Integer::sum));
    return kept;
  }

  private void counter(
      MeterRegistry registry, String name, Tags more, ToDoubleFunction<ServerStatistics> value) {
    FunctionCounter.builder("starling.server." + name, ETERNAL, each -> value.applyAsDouble(now()))
        .tags(tags.and(more))
        .register(registry);
  }

  private void gauge(
      MeterRegistry registry, String name, Tags more, ToDoubleFunction<ServerStatistics> value) {
    Gauge.builder("starling.server." + name, ETERNAL, each -> value.applyAsDouble(now()))
        .tags(tags.and(more))
        .register(registry);
  }

  private ServerStatistics now() {
    return look().statistics();
  }

  /** The statistics of the last second, so that a scrape with many meters fetches them once. */
  private Look look() {
    Look look = last;
    if (clock.getAsLong() - look.nanos() >= MAX_AGE_NANOS) {
      look = fetch();
      last = look;
      show(look.sockets());
    }
    return look;
  }

  private Look fetch() {
    ServerStatistics statistics = source.get();
    return new Look(statistics, bounded(statistics.sockets()), clock.getAsLong());
  }
}
