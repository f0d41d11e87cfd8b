package io.starling.manager.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import io.starling.manager.pubsub.Broker.Connection;
import java.nio.ByteBuffer;
import java.time.Duration;

/** The behaviour that a publishing and a subscribing connection have in common. */
interface RedisConnection extends Connection {
  StatefulRedisConnection<String, ByteBuffer> lettuce();

  RedisBroker owner();

  @Override
  default void cut(Throwable cause) {
    var unused = lettuce().closeAsync();
  }

  /**
   * Does nothing. A lost connection was already closed by {@link #cut}, and at the end {@link
   * RedisBroker#end()} closes all others. Lettuce warns about a connection that is closed twice.
   */
  @Override
  default void close() {}

  @Override
  default Duration checkInterval() {
    return owner().pingInterval();
  }

  @Override
  default Duration patience() {
    return owner().pingInterval();
  }
}
