package io.starling.socketio;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method for sockets that have been let in, as {@link NamespaceHandlers#onConnected}; see {@link
 * NamespaceHandlers#register}. It may take a {@link Socket}, a {@link Namespace} and a {@link
 * Handshake}, and gives back nothing.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnConnected {}
