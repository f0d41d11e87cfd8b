package io.starling.manager.protocol;

/**
 * An event, decoded.
 *
 * @param name the first element of the wire's array; a number there is its digits
 * @param arguments the other elements
 */
public record Event(String name, Arguments arguments) {}
