package io.starling.socketio.metrics;

import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.starling.manager.ManagerStatistics;
import io.starling.manager.metrics.ManagerMetrics;
import io.starling.socketio.ServerStatistics;
import java.util.function.Supplier;

/**
 * The metrics of a server, its {@code ClientManager} and the JVM, in the text format that
 * Prometheus reads. Needs the optional dependency {@code micrometer-registry-prometheus}.
 * Thread-safe.
 */
public final class PrometheusScrape implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics garbageCollector = new JvmGcMetrics();
  private final ServerMetrics server;

  /**
   * Creates a registry with all meters.
   *
   * @param server returns the current statistics of the server
   * @param manager returns the current statistics of its manager
   */
  public PrometheusScrape(Supplier<ServerStatistics> server, Supplier<ManagerStatistics> manager) {
    this.server = new ServerMetrics(server);
    this.server.bindTo(registry);
    new ManagerMetrics(manager).bindTo(registry);
    garbageCollector.bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  /** The current values, in the Prometheus text format, version 0.0.4. */
  public String text() {
    server.refresh();
    return registry.scrape();
  }

  @Override
  public void close() {
    garbageCollector.close();
    registry.close();
  }
}
