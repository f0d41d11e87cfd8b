package io.starling.socketio;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The method for all events that have no other in its object, as {@link NamespaceHandlers#onOther};
 * see {@link NamespaceHandlers#register}.
 *
 * <p>It may take a {@link Socket}, a {@link Namespace}, a {@link Handshake}, a {@code String} for
 * the event, {@link io.starling.manager.protocol.Arguments} and an {@link Ack}. What it gives back
 * is the ack, as with {@link OnEvent}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnOther {}
