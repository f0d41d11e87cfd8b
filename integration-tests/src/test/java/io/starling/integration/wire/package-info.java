/** The exact protocol, seen by a client that knows nothing but bytes. */
@NullMarked
package io.starling.integration.wire;

import org.jspecify.annotations.NullMarked;
