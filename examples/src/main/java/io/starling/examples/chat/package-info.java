/**
 * Example: the demo, which is a chat across two server processes, a broker and an emitter. Begin
 * with {@link ChatApplication}, which lists the events; {@code Visitors}, {@code Rooms} and {@code
 * Messages} handle them.
 */
@NullMarked
package io.starling.examples.chat;

import org.jspecify.annotations.NullMarked;
