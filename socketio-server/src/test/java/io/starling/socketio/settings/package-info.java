@NullMarked
package io.starling.socketio.settings;

import org.jspecify.annotations.NullMarked;
