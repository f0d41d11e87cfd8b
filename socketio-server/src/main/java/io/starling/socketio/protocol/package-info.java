/** Socket.IO v5 packets. Pure: bytes in, records out. */
@NullMarked
package io.starling.socketio.protocol;

import org.jspecify.annotations.NullMarked;
