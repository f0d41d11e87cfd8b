/**
 * What a server answers beside Socket.IO: files, and requests that the application handles.
 *
 * <p>Unless a type says otherwise: it is safe for any thread and does not block, and builders are
 * for one thread; nothing is null but what is {@code @Nullable}; a wrong argument is an {@link
 * IllegalArgumentException} that names it, and changes nothing.
 */
@NullMarked
package io.starling.socketio.http;

import org.jspecify.annotations.NullMarked;
