@NullMarked
package io.starling.protocol.socketio;

import org.jspecify.annotations.NullMarked;
