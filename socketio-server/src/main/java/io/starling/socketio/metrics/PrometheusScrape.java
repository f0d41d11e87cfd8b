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
 * All meters of a server, its manager and its process, as Prometheus reads them. Needs {@code
 * micrometer-registry-prometheus}, which is optional. For any thread.
 */
public final class PrometheusScrape implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics garbageCollector = new JvmGcMetrics();
  private final ServerMetrics server;

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

  /** The current values, in Prometheus' text format, version 0.0.4. */
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
