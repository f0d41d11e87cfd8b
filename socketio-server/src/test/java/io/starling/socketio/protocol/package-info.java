@NullMarked
package io.starling.socketio.protocol;

import org.jspecify.annotations.NullMarked;
