/** A Spring Boot application that owns a Socket.IO server, on a port of its own. */
@NullMarked
package io.starling.examples.spring;

import org.jspecify.annotations.NullMarked;
