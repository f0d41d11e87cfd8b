package io.starling.manager.amqp;

import io.starling.manager.amqp.AmqpConnections.Opened;
import java.io.IOException;
import java.util.concurrent.TimeoutException;

/** Opens connections. */
interface Opener {
  /** Connects; blocks for as long as the time-outs allow. */
  Opened open(String role) throws IOException, TimeoutException;

  /** Opens nothing more: whoever waits in {@link #open} fails. */
  default void close() {}
}
