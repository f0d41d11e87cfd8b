package io.starling.socketio;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method that handles clients that connect, as {@link NamespaceHandlers#onConnect} does.
 * See {@link NamespaceHandlers#register}.
 *
 * <p>The method may have parameters of the types {@link Socket}, {@link Namespace} and {@link
 * Handshake}. It returns nothing, or a {@link java.util.concurrent.CompletionStage}. The client is
 * connected when the stage completes; no thread is blocked meanwhile. If the method throws or the
 * stage fails, the client is refused.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnConnect {}
