@NullMarked
package io.starling.socketio.transport;

import org.jspecify.annotations.NullMarked;
