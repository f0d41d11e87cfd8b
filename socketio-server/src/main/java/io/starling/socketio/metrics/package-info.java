/**
 * Micrometer meters of a server. Needs the optional dependency {@code micrometer-core}.
 *
 * <p>If the application has a Micrometer registry, begin with {@link
 * io.starling.socketio.metrics.ServerMetrics}, which binds the server's statistics to it. {@link
 * io.starling.socketio.metrics.PrometheusScrape} has a registry of its own and returns the metrics
 * as text for Prometheus.
 *
 * <p>All types are safe for any thread, and no value is null.
 */
@NullMarked
package io.starling.socketio.metrics;

import org.jspecify.annotations.NullMarked;
