/** Micrometer meters of a server. Needs {@code micrometer-core}, which is optional. */
@NullMarked
package io.starling.socketio.metrics;

import org.jspecify.annotations.NullMarked;
