package io.starling.socketio;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method for sockets that leave, as {@link NamespaceHandlers#onDisconnect}; see {@link
 * NamespaceHandlers#register}. It may take a {@link Socket}, a {@link Namespace}, a {@link
 * Handshake} and a {@link DisconnectReason}, and gives back nothing.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnDisconnect {}
