package io.starling.client;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method that handles connects, as {@link ClientSocket#onConnect} does. See {@link
 * ClientSocket#register}. The method may have a parameter of the type {@link ClientSocket}. It
 * returns nothing.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface OnConnect {}
