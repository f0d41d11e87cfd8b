package io.starling.manager.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Sends frames on whichever connection there is, each at most once. A frame whose connection broke
 * has failed; the next connection knows nothing of it.
 */
final class RedisPublishing
    implements RedisLink.Owner<StatefulRedisConnection<String, ByteBuffer>> {
  private final RedisSession session;
  private final RedisLink<StatefulRedisConnection<String, ByteBuffer>> link;
  private volatile @Nullable StatefulRedisConnection<String, ByteBuffer> connection;

  RedisPublishing(RedisSession session) {
    this.session = session;
    this.link = new RedisLink<>(session.thread(), this, session.pingInterval());
  }

  CompletionStage<Void> start() {
    return link.start(session.keepTrying());
  }

  /** Any thread. */
  CompletionStage<Integer> publish(String channel, ByteBuffer frame) {
    StatefulRedisConnection<String, ByteBuffer> now = connection;
    if (now == null) {
      return CompletableFuture.failedStage(session.address().unavailable(Outcome.NOT_SENT, null));
    }
    try {
      return now.async()
          .publish(channel, frame)
          .handle(
              (receivers, error) -> {
                if (error != null) {
                  throw session.address().unavailable(Outcome.UNKNOWN, error);
                }
                link.heard();
                return Math.toIntExact(receivers);
              });
    } catch (RedisException e) {
      return CompletableFuture.failedStage(session.address().unavailable(Outcome.NOT_SENT, e));
    }
  }

  /** On the session's thread. */
  void close() {
    link.close();
    connection = null;
  }

  @Override
  public CompletionStage<StatefulRedisConnection<String, ByteBuffer>> connect() {
    return session.connections().publisher();
  }

  @Override
  public CompletionStage<?> prepare(StatefulRedisConnection<String, ByteBuffer> made) {
    return CompletableFuture.completedStage(null);
  }

  @Override
  public void up(StatefulRedisConnection<String, ByteBuffer> made, boolean first) {
    connection = made;
    session.up(Direction.PUBLISH, first);
  }

  @Override
  public void down(boolean wasUp, @Nullable Throwable cause) {
    connection = null;
    if (wasUp) {
      session.down(Direction.PUBLISH, cause);
    }
  }
}
