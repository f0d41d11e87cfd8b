/**
 * Plain HTTP beside Socket.IO: static files, and requests that the application answers itself. The
 * package holds the settings and values; the server does the input and output.
 *
 * <p>To serve files, call {@code staticFiles} of {@code SocketIoServerConfig.Builder}. To answer
 * requests, implement {@link io.starling.socketio.http.WebHandler}, which gets a {@link
 * io.starling.socketio.http.WebRequest} and returns a {@link
 * io.starling.socketio.http.WebResponse}.
 *
 * <p>Unless a type says otherwise: it is safe for any thread and does not block. Requests and
 * responses are immutable. Only {@code @Nullable} values may be null. A wrong argument causes an
 * {@link IllegalArgumentException} that names the argument.
 */
@NullMarked
package io.starling.socketio.http;

import org.jspecify.annotations.NullMarked;
