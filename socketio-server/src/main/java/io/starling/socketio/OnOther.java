package io.starling.socketio;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the method that handles all events for which its object has no other method, as {@link
 * NamespaceHandlers#onOther} does. See {@link NamespaceHandlers#register}.
 *
 * <p>The method may have parameters of the types {@link Socket}, {@link Namespace}, {@link
 * Handshake}, {@code String} for the name of the event, {@link
 * io.starling.protocol.payload.Arguments} and {@link Ack}. What the method returns is the ack, as
 * with {@link OnEvent}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnOther {}
