/**
 * Publishes the statistics of a manager or emitter as Micrometer meters. {@link
 * io.starling.manager.metrics.ManagerMetrics} is the only class. It needs {@code micrometer-core}
 * on the class path, which is an optional dependency. The meanings of the numbers are in {@link
 * io.starling.manager.ManagerStatistics}.
 *
 * <p>Unless a type says otherwise: it is safe for any thread and does not block, and builders are
 * for one thread; no value is null unless it is marked {@code @Nullable}; a wrong argument causes
 * an {@link IllegalArgumentException} that names the argument, and changes nothing.
 */
@NullMarked
package io.starling.manager.metrics;

import org.jspecify.annotations.NullMarked;
