/** Engine.IO v4 sessions: state machines between a transport port and a listener port. */
@NullMarked
package io.starling.engineio;

import org.jspecify.annotations.NullMarked;
