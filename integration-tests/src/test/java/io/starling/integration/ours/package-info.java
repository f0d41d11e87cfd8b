/**
 * Starling's own client against Node's server, python-socketio and Starling, over each transport,
 * through faults, and against servers that mean harm.
 */
@NullMarked
package io.starling.integration.ours;

import org.jspecify.annotations.NullMarked;
