package io.starling.socketio;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method that handles sockets that leave, as {@link NamespaceHandlers#onDisconnect} does.
 * See {@link NamespaceHandlers#register}.
 *
 * <p>The method may have parameters of the types {@link Socket}, {@link Namespace}, {@link
 * Handshake} and {@link DisconnectReason}. It returns nothing.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnDisconnect {}
