@NullMarked
package io.starling.socketio.internal;

import org.jspecify.annotations.NullMarked;
