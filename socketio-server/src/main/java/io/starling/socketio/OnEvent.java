package io.starling.socketio;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method for an event; see {@link NamespaceHandlers#register}.
 *
 * <p>It may take, in any order, a {@link Socket}, a {@link Namespace}, a {@link Handshake}, an
 * {@link Ack} and all {@link io.starling.manager.protocol.Arguments}. Every other parameter is the
 * next argument of the event, read as its type by the mapper of the server. One that is missing or
 * null counts as a failure of the method, unless the parameter is an {@link java.util.Optional} or
 * has an annotation named {@code Nullable}. Arguments beyond the parameters are dropped.
 *
 * <p>What it gives back is the ack, as {@link AnswerHandler#answer} says; a {@code void} method
 * acks without an argument when it returns. A method that takes an {@link Ack} sends it by itself
 * and gives back nothing.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnEvent {
  /** The name of the event; the name of the method when it is left out. */
  String value() default "";
}
