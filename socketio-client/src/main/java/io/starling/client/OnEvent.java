package io.starling.client;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method that handles an event; see {@link ClientSocket#register}.
 *
 * <p>The method may have parameters of these types, in any order: {@link ClientSocket}, {@link
 * Ack}, and {@link io.starling.protocol.payload.Arguments} for all arguments. Every other parameter
 * is the next argument of the event, and the mapper of the client reads it as the type of the
 * parameter. Arguments beyond the last parameter are dropped.
 *
 * <p>If an argument is missing, is null or does not fit its type, the method is not called, and the
 * failure is reported as if the method had thrown it. An argument may be missing or null if the
 * parameter is an {@link java.util.Optional} or has an annotation named {@code Nullable}.
 *
 * <p>What the method returns is the ack, see {@link AnswerHandler#answer}. For a {@code void}
 * method, an ack without arguments is sent when the method has returned. A method with an {@link
 * Ack} parameter must be {@code void} and send the ack itself.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnEvent {
  /** The name of the event. If it is left out, the name of the method is the name of the event. */
  String value() default "";
}
