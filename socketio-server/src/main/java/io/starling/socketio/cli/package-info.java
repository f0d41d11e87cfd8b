/** The server as an executable: options, environment, properties file. */
@NullMarked
package io.starling.socketio.cli;

import org.jspecify.annotations.NullMarked;
