package io.starling.client;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the method that handles all events that have no handler of their own, as {@link
 * ClientSocket#onOther} does. See {@link ClientSocket#register}.
 *
 * <p>The method may have parameters of the types {@link ClientSocket}, {@code String} for the name
 * of the event, {@link io.starling.protocol.payload.Arguments} and {@link Ack}. What the method
 * returns is the ack, as with {@link OnEvent}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnOther {}
