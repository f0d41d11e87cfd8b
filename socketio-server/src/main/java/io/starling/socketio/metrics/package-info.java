/**
 * Micrometer meters of a server. Needs the optional dependency {@code micrometer-core}.
 *
 * <p>If the application has a Micrometer registry, begin with {@link
 * io.starling.socketio.metrics.ServerMetrics}, which binds the server's statistics to it. {@link
 * io.starling.socketio.metrics.PrometheusScrape} has a registry of its own and returns the metrics
 * as text for Prometheus.
 *
 * <p>Unless a type says otherwise: it is safe for any thread and does not block. Parameters and
 * results are never null unless marked {@code @Nullable}. A wrong argument causes an {@link
 * IllegalArgumentException} that names the argument.
 */
@NullMarked
package io.starling.socketio.metrics;

import org.jspecify.annotations.NullMarked;
