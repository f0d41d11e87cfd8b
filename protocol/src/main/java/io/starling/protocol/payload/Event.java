package io.starling.protocol.payload;

/**
 * A decoded Socket.IO event.
 *
 * @param name the first element of the JSON array on the wire; a number is converted to its digits
 * @param arguments the other elements of the array
 */
public record Event(String name, Arguments arguments) {}
