package io.starling.manager.redis;

import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubBackend.Listener;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * What both directions of a started back end share.
 *
 * @param thread one thread, which drops what comes after its shutdown
 * @param keepTrying whether the first connections may come late, and are reported then
 */
record RedisSession(
    RedisAddress address,
    RedisConnections connections,
    ScheduledExecutorService thread,
    Listener listener,
    boolean keepTrying,
    Duration pingInterval) {
  void up(Direction direction, boolean first) {
    if (keepTrying || !first) {
      listener.connectionRestored(direction);
    }
  }

  void down(Direction direction, @Nullable Throwable cause) {
    listener.connectionLost(direction, unavailable(cause));
  }

  BackendUnavailableException unavailable(@Nullable Throwable cause) {
    return address.unavailable(Outcome.UNKNOWN, cause);
  }

  /** For what was asked for and never came to be. */
  BackendUnavailableException closed() {
    return new BackendUnavailableException(
        address + ": closed or unsubscribed (expected: neither)", Outcome.NOT_SENT, null);
  }
}
