package io.starling.manager.amqp;

import io.starling.manager.amqp.AmqpConnections.Opened;
import java.io.IOException;
import java.util.concurrent.TimeoutException;

/** Opens connections to the broker. */
interface Opener {
  /**
   * Connects. Blocks until the connection is open or a time-out has passed.
   *
   * @param role the purpose of the connection, such as {@code publisher}; part of the names of the
   *     connection and its threads
   */
  Opened open(String role) throws IOException, TimeoutException;

  /**
   * Makes every call of {@link #open} fail from now on, also a call that is waiting for the broker.
   */
  default void close() {}
}
