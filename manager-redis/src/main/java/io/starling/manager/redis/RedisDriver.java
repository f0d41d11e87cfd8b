package io.starling.manager.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.starling.manager.pubsub.Reconnecting;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * What holds for a connection of Lettuce's whatever it is used for.
 *
 * @param <C> the kind of connection
 */
interface RedisDriver<C extends StatefulRedisConnection<String, ByteBuffer>>
    extends Reconnecting.Driver<C> {
  RedisConnections connections();

  @Override
  default void cut(C connection, Throwable cause) {
    var unused = connection.closeAsync();
  }

  /** Was cut before, or is closed with all others; Lettuce warns of a second time. */
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
