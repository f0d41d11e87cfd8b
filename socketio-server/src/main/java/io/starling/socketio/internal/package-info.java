/** The Socket.IO server between the Engine.IO sessions and the client manager. */
@NullMarked
package io.starling.socketio.internal;

import org.jspecify.annotations.NullMarked;
