package io.starling.manager.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.starling.manager.pubsub.Reconnecting;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * The behaviour that the publishing and the subscribing connection have in common.
 *
 * @param <C> the kind of Lettuce connection
 */
interface RedisDriver<C extends StatefulRedisConnection<String, ByteBuffer>>
    extends Reconnecting.Driver<C> {
  RedisConnections connections();

  @Override
  default void cut(C connection, Throwable cause) {
    var unused = connection.closeAsync();
  }

  /**
   * Does nothing. A lost connection was already closed by {@link #cut}, and at the end {@link
   * RedisConnections#close()} closes all others. Lettuce warns about a connection that is closed
   * twice.
   */
  @Override
  default void close(C connection) {}

  @Override
  default Duration checkInterval() {
    return connections().pingInterval();
  }

  @Override
  default Duration patience() {
    return connections().pingInterval();
  }
}
