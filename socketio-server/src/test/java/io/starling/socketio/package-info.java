@NullMarked
package io.starling.socketio;

import org.jspecify.annotations.NullMarked;
