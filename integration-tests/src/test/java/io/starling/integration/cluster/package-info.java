/** Whole clusters: server processes, emitter processes, a broker, the official clients. */
@NullMarked
package io.starling.integration.cluster;

import org.jspecify.annotations.NullMarked;
