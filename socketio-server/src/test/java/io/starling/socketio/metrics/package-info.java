@NullMarked
package io.starling.socketio.metrics;

import org.jspecify.annotations.NullMarked;
