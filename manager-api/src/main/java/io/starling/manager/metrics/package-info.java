/** Micrometer meters of a manager. Needs {@code micrometer-core}, which is optional. */
@NullMarked
package io.starling.manager.metrics;

import org.jspecify.annotations.NullMarked;
