/**
 * Example: a Spring Boot application with a Socket.IO server on a separate port. Begin with {@link
 * ChatServer}; {@code GreetingHandlers} has the handlers of events.
 */
@NullMarked
package io.starling.examples.spring;

import org.jspecify.annotations.NullMarked;
