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
import io.starling.socketio.ServerStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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
   * ignore it and read {@link #latest}.
   */
  private static final Object ETERNAL = ServerMetrics.class;

  private final Latest latest;
  private final Tags tags;
  private final List<MultiGauge> namespaces = new CopyOnWriteArrayList<>();

  /**
   * The names of the namespaces that have a meter; an immutable set. Any thread reads this field;
   * only holders of the lock on this object replace it.
   */
  private volatile Set<String> shown = Set.of();

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
    this.latest = new Latest(source, clock, this::show);
    this.tags = Tags.of(tags);
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    bindConnections(registry);
    bindMessages(registry);
    FunctionTimer.builder(
            "starling.server.handler",
            ETERNAL,
            each -> latest.get().eventsHandled(),
            each -> latest.get().handlerTime().toNanos(),
            TimeUnit.NANOSECONDS)
        .description("handlers of events")
        .tags(tags)
        .register(registry);
    counter(registry, "handler.failures", Tags.empty(), ServerStatistics::handlersFailed);
    counter(registry, "request.failures", Tags.empty(), ServerStatistics::requestsFailed);
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
    show(latest.look().sockets());
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
                each -> latest.look().sockets().getOrDefault(name, 0)));
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
    counter(registry, "connects", Tags.of("result", "accepted"), ServerStatistics::connected);
    counter(registry, "connects", Tags.of("result", "refused"), ServerStatistics::connectsRefused);
    for (DisconnectReason reason : DisconnectReason.values()) {
      counter(
          registry,
          "disconnects",
          Tags.of("reason", reason.text()),
          now -> now.disconnects().getOrDefault(reason, 0L));
    }
    for (String reason : latest.get().handshakesRefused().keySet()) {
      counter(
          registry,
          "handshakes.refused",
          Tags.of("reason", reason),
          now -> now.handshakesRefused().getOrDefault(reason, 0L));
    }
    counter(registry, "packets.refused", Tags.empty(), ServerStatistics::packetsRefused);
  }

  private void bindMessages(MeterRegistry registry) {
    Tags in = Tags.of("direction", "in");
    Tags out = Tags.of("direction", "out");
    counter(registry, "messages", in, ServerStatistics::messagesReceived);
    counter(registry, "messages", out, ServerStatistics::messagesSent);
    counter(registry, "bytes", in, ServerStatistics::bytesReceived);
    counter(registry, "bytes", out, ServerStatistics::bytesSent);
    counter(registry, "events", in, ServerStatistics::eventsReceived);
    counter(registry, "events", out, ServerStatistics::emits);
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
    FunctionCounter.builder(
            "starling.server." + name, ETERNAL, each -> value.applyAsDouble(latest.get()))
        .tags(tags.and(more))
        .register(registry);
  }

  private void gauge(
      MeterRegistry registry, String name, Tags more, ToDoubleFunction<ServerStatistics> value) {
    Gauge.builder("starling.server." + name, ETERNAL, each -> value.applyAsDouble(latest.get()))
        .tags(tags.and(more))
        .register(registry);
  }

  /** A cache of the server's statistics, so that a scrape with many meters fetches them once. */
  private static final class Latest {
    private static final long MAX_AGE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Supplier<ServerStatistics> source;
    private final LongSupplier clock;
    private final Consumer<Map<String, Integer>> changes;
    private volatile Look last;

    /**
     * The statistics at one moment.
     *
     * @param sockets the number of sockets for each namespace that has a meter
     */
    record Look(ServerStatistics statistics, Map<String, Integer> sockets, long nanos) {}

    /**
     * Fetches the statistics for the first time.
     *
     * @param changes gets the sockets by namespace at each later fetch
     */
    Latest(
        Supplier<ServerStatistics> source,
        LongSupplier clock,
        Consumer<Map<String, Integer>> changes) {
      this.source = source;
      this.clock = clock;
      this.changes = changes;
      this.last = now();
    }

    ServerStatistics get() {
      return look().statistics();
    }

    Look look() {
      Look look = last;
      if (clock.getAsLong() - look.nanos() >= MAX_AGE_NANOS) {
        look = now();
        last = look;
        changes.accept(look.sockets());
      }
      return look;
    }

    private Look now() {
      ServerStatistics statistics = source.get();
      return new Look(statistics, bounded(statistics.sockets()), clock.getAsLong());
    }
  }
}
