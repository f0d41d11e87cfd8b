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
 * Binds the statistics of a server to a registry: {@code new
 * ServerMetrics(server::statistics).bindTo(registry)}. The names are listed in docs/operations.md.
 * The source is asked when a registry reads its meters, once a second at most, and kept as long as
 * the registry. For any thread.
 */
public final class ServerMetrics implements MeterBinder {
  /** Names beyond this many share one meter: clients may make namespaces. */
  private static final int MAX_NAMESPACES = 100;

  private static final String OTHERS = "(others)";

  /** Meters hold their object weakly and their function strongly; the function has the source. */
  private static final Object ETERNAL = ServerMetrics.class;

  private final Latest latest;
  private final Tags tags;
  private final List<MultiGauge> namespaces = new CopyOnWriteArrayList<>();

  /** The namespaces that have a meter; replaced under the lock, never changed. */
  private volatile Set<String> shown = Set.of();

  public ServerMetrics(Supplier<ServerStatistics> source) {
    this(source, List.of());
  }

  /**
   * With tags on every meter.
   *
   * @param tags such as the name of the application
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
   * Gives each namespace of now its meter of sockets. Reading any meter of the server does the same
   * once a second, so a namespace that is made later appears in the first scrape after that one at
   * the latest; whoever calls this before a scrape has it in that scrape. Of more than 100
   * namespaces those with most sockets have meters of their own.
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

  /** One look at the server serves all meters of a scrape. */
  private static final class Latest {
    private static final long MAX_AGE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Supplier<ServerStatistics> source;
    private final LongSupplier clock;
    private final Consumer<Map<String, Integer>> changes;
    private volatile Look last;

    /** The sockets by namespace are those that have meters. */
    record Look(ServerStatistics statistics, Map<String, Integer> sockets, long nanos) {}

    /**
     * Looks once.
     *
     * @param changes is told the sockets by namespace at each further look
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
