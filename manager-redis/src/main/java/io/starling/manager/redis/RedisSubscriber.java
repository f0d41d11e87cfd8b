package io.starling.manager.redis;

import io.starling.manager.pubsub.Broker.Subscribing;
import org.jspecify.annotations.Nullable;

/**
 * A subscribing connection as the publishing connection sees it, which may find out that this
 * connection leads to the wrong server. The methods may be called on any thread.
 */
interface RedisSubscriber extends RedisConnection, Subscribing {
  /** Whether this connection is neither lost nor closed. */
  boolean isCurrent();

  /** Whether the server has confirmed the subscription of this channel, and it was not ended. */
  boolean hears(String channel);

  /** Returns the run id of the server; null when it is not known, or must not be compared. */
  @Nullable String runId();

  /** Gives this connection up, so that another one is opened. Does nothing when it is lost. */
  void leave(Throwable cause);
}
