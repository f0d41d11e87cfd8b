/** What a server answers beside Socket.IO: files, and requests that the application handles. */
@NullMarked
package io.starling.socketio.http;

import org.jspecify.annotations.NullMarked;
