package io.starling.manager.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulRedisConnection;
import io.starling.manager.pubsub.Broker.Connection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** The behaviour that all connections of this back end have in common. */
interface RedisConnection extends Connection {
  RedisBroker owner();

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

  /** Reports the end of a connection, with the last error before it; also when it has ended. */
  static void watch(StatefulRedisConnection<String, ByteBuffer> made, Consumer<Throwable> lost) {
    AtomicReference<Throwable> reason =
        new AtomicReference<>(new IOException("connection closed by the server"));
    made.addListener(
        new RedisConnectionStateListener() {
          @Override
          public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
            lost.accept(reason.get());
          }

          @Override
          public void onRedisExceptionCaught(RedisChannelHandler<?, ?> handler, Throwable error) {
            reason.set(error);
          }
        });
    if (!made.isOpen()) {
      lost.accept(reason.get());
    }
  }
}
