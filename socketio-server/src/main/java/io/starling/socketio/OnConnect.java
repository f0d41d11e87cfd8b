package io.starling.socketio;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method for clients that connect, as {@link NamespaceHandlers#onConnect}; see {@link
 * NamespaceHandlers#register}.
 *
 * <p>It may take a {@link Socket}, a {@link Namespace} and a {@link Handshake}, and gives back
 * nothing or a {@link java.util.concurrent.CompletionStage} that the client waits for and no thread
 * does. What it throws, and what fails the stage, refuses the client.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnConnect {}
