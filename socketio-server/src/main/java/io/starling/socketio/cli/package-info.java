/**
 * The executable of the server. Begin with {@link ServerCli}, which has the main method. {@code
 * Options} reads the command line, and {@code Applications} runs the user's code before the server
 * listens. The settings themselves are in {@link io.starling.socketio.settings}.
 */
@NullMarked
package io.starling.socketio.cli;

import org.jspecify.annotations.NullMarked;
