package io.starling.client;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method that handles disconnects, as {@link ClientSocket#onDisconnect} does. See {@link
 * ClientSocket#register}. The method may have parameters of the types {@link ClientSocket} and
 * {@link DisconnectReason}. It returns nothing.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnDisconnect {}
