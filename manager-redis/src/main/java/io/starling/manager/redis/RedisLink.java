package io.starling.manager.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one connection to a server. Each connection lives once: when it breaks, or does not answer
 * a PING in time, it is closed for good, and another is made after a jittered back-off. All state
 * but what is volatile belongs to the one thread given.
 *
 * @param <C> the kind of connection
 */
final class RedisLink<C extends StatefulRedisConnection<String, ByteBuffer>> {
  private static final long MIN_BACKOFF_MILLIS = 50;
  private static final long MAX_BACKOFF_MILLIS = 2_000;
  private static final int EARLY_ATTEMPTS = 5;

  /** Whose connection it is. Called on the link's thread. */
  interface Owner<C> {
    CompletionStage<C> connect();

    /** Readies a new connection; it is up when the stage completes. */
    CompletionStage<?> prepare(C connection);

    void up(C connection, boolean first);

    /** A prepared connection is gone, whether it was up already or not. */
    void down(boolean wasUp, @Nullable Throwable cause);
  }

  private final ScheduledExecutorService thread;
  private final Owner<C> owner;
  private final long pingMillis;
  private final CompletableFuture<Void> firstUp = new CompletableFuture<>();
  private volatile boolean heard;
  private @Nullable C connection;
  private @Nullable ScheduledFuture<?> timer;
  private @Nullable Throwable lastFault;
  private boolean keepTrying;
  private boolean up;
  private boolean closed;
  private int failures;
  private long upSinceNanos;

  /**
   * A link that is not started.
   *
   * @param pingInterval how often a PING goes out, and how long its answer may take
   */
  RedisLink(ScheduledExecutorService thread, Owner<C> owner, Duration pingInterval) {
    this.thread = thread;
    this.owner = owner;
    this.pingMillis = pingInterval.toMillis();
  }

  /** Completes with the first connection, or fails with the reason unless it is to keep trying. */
  CompletionStage<Void> start(boolean keepTryingAtFirst) {
    thread.execute(
        () -> {
          keepTrying = keepTryingAtFirst;
          connect();
        });
    return firstUp;
  }

  /** Something came in, so the server lives. Any thread. */
  void heard() {
    heard = true;
  }

  /** Stops and starts watching for silence; on the thread. */
  void watch(boolean on) {
    if (connection == null) {
      return;
    }
    stopTimer();
    if (on) {
      schedulePing(connection);
    }
  }

  /** Lets go of the connection, which is closed with all others; on the thread. */
  void close() {
    closed = true;
    stopTimer();
    connection = null;
  }

  private void connect() {
    if (!closed) {
      owner
          .connect()
          .whenCompleteAsync(
              (made, error) -> {
                if (error == null) {
                  connected(made);
                } else {
                  retry(error);
                }
              },
              thread);
    }
  }

  private void connected(C made) {
    if (closed) {
      end(made);
      return;
    }
    connection = made;
    lastFault = null;
    RedisConnectionStateListener listener =
        new RedisConnectionStateListener() {
          @Override
          public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
            thread.execute(() -> lost(made, lastFault));
          }

          @Override
          public void onRedisExceptionCaught(RedisChannelHandler<?, ?> handler, Throwable error) {
            thread.execute(() -> lastFault = error);
          }
        };
    made.addListener(listener);
    CompletionStage<?> prepared = owner.prepare(made);
    if (made.isOpen()) {
      schedulePing(made);
      prepared.whenCompleteAsync((done, error) -> prepared(made, error), thread);
    } else {
      lost(made, null);
    }
  }

  private void prepared(C made, @Nullable Throwable error) {
    if (error != null) {
      lost(made, error);
    } else if (connection == made) {
      up = true;
      upSinceNanos = System.nanoTime();
      owner.up(made, !firstUp.isDone());
      firstUp.complete(null);
    }
  }

  private void lost(C gone, @Nullable Throwable cause) {
    if (connection != gone) {
      return;
    }
    connection = null;
    stopTimer();
    boolean wasUp = up;
    up = false;
    if (wasUp && System.nanoTime() - upSinceNanos > TimeUnit.MILLISECONDS.toNanos(pingMillis)) {
      failures = 0;
    }
    owner.down(wasUp, cause);
    end(gone).whenCompleteAsync((done, error) -> retry(cause), thread);
  }

  private CompletionStage<Void> end(C last) {
    return last.closeAsync();
  }

  private void retry(@Nullable Throwable cause) {
    if (!keepTrying && !firstUp.isDone() && isClosedEarly(cause) && failures < EARLY_ATTEMPTS) {
      failures++;
      connect();
    } else if (!keepTrying && !firstUp.isDone()) {
      firstUp.completeExceptionally(
          cause == null ? new IllegalStateException("connection closed by the server") : cause);
    } else if (!closed) {
      timer = thread.schedule(this::connect, backoffMillis(failures++), TimeUnit.MILLISECONDS);
    }
  }

  /** Lettuce may tell of a race of its own, instead of what the server had answered. */
  private static boolean isClosedEarly(@Nullable Throwable cause) {
    for (Throwable each = cause; each != null; each = each.getCause()) {
      String message = String.valueOf(each.getMessage());
      if (message.contains("closed prematurely") || message.contains("not registered")) {
        return true;
      }
    }
    return false;
  }

  /** Doubles from 50 ms to 2 s; half of it is chance. */
  static long backoffMillis(int failures) {
    long full = Math.min(MAX_BACKOFF_MILLIS, MIN_BACKOFF_MILLIS << Math.min(failures, 10));
    return full / 2 + ThreadLocalRandom.current().nextLong(full / 2 + 1);
  }

  private void schedulePing(C watched) {
    timer = thread.schedule(() -> ping(watched), pingMillis, TimeUnit.MILLISECONDS);
  }

  private void ping(C watched) {
    heard = false;
    RedisFuture<String> answer = watched.async().ping();
    timer =
        thread.schedule(
            () -> {
              if (heard || answer.toCompletableFuture().isDone()) {
                schedulePing(watched);
              } else {
                lost(watched, new TimeoutException("no answer within " + pingMillis + " ms"));
              }
            },
            pingMillis,
            TimeUnit.MILLISECONDS);
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
