@NullMarked
package io.starling.socketio.cli;

import org.jspecify.annotations.NullMarked;
