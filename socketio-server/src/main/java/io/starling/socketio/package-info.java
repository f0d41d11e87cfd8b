/** The public API of the server: namespaces, sockets, handlers, acks, configuration. */
@NullMarked
package io.starling.socketio;

import org.jspecify.annotations.NullMarked;
