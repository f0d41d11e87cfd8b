/** The same settings from every source: properties, environment, command line. */
@NullMarked
package io.starling.socketio.settings;

import org.jspecify.annotations.NullMarked;
