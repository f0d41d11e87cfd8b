package io.starling.manager.amqp;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one connection with one channel. Each connection lives once: when it or its channel breaks,
 * it is closed for good, and another is made after a jittered back-off. Everything that waits for
 * the broker runs on the link's own thread, and so does the owner.
 */
final class AmqpLink {
  private static final Logger LOG = LoggerFactory.getLogger(AmqpLink.class);
  private static final long MIN_BACKOFF_MILLIS = 50;
  private static final long MAX_BACKOFF_MILLIS = 2_000;

  /** A connection that held for so long was a good one: the next back-off is short again. */
  private static final long GOOD_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final int CLOSE_MILLIS = 1_000;

  private final AmqpConnections connections;
  private final String role;
  private final boolean keepTrying;
  private final Owner owner;
  private final ScheduledThreadPoolExecutor thread;
  private final CompletableFuture<Void> firstUp = new CompletableFuture<>();
  private volatile AmqpConnections.@Nullable Opened opened;
  private volatile boolean closed;
  private int failures;
  private long upSinceNanos;

  /** Whose connection it is. Called on the link's thread. */
  interface Owner {
    /** Readies a new channel; it is up when this returns. May wait for the broker. */
    void prepare(Connection connection, Channel channel) throws IOException;

    /** Whether to tell anybody: the first connection is news only if nobody waits for it. */
    void up(boolean tell);

    /** A connection that was up is gone. */
    void down(BackendUnavailableException cause);
  }

  AmqpLink(AmqpConnections connections, String role, boolean keepTrying, Owner owner) {
    this.connections = connections;
    this.role = role;
    this.keepTrying = keepTrying;
    this.owner = owner;
    this.thread =
        new ScheduledThreadPoolExecutor(
            1, connections.threads(role), new ThreadPoolExecutor.DiscardPolicy());
    thread.setRemoveOnCancelPolicy(true);
  }

  /** Completes with the first connection, or fails with the reason unless it is to keep trying. */
  CompletionStage<Void> start() {
    execute(this::connect);
    return keepTrying ? CompletableFuture.completedStage(null) : firstUp;
  }

  /** Runs a task that may wait for the broker; dropped when the link is closed. */
  void execute(Runnable task) {
    thread.execute(task);
  }

  /** Runs it later, and then again and again. */
  void repeat(long millis, Runnable task) {
    ScheduledFuture<?> unused =
        thread.scheduleWithFixedDelay(task, millis, millis, TimeUnit.MILLISECONDS);
  }

  private void connect() {
    if (closed) {
      return;
    }
    AmqpConnections.Opened made = null;
    try {
      made = connections.open(role);
      opened = made;
      AmqpConnections.Opened watched = made;
      made.connection().addShutdownListener(cause -> execute(() -> lost(watched, cause)));
      made.channel().addShutdownListener(cause -> execute(() -> lost(watched, cause)));
      owner.prepare(made.connection(), made.channel());
      up();
    } catch (Exception e) {
      opened = null;
      end(made);
      if (keepTrying || firstUp.isDone()) {
        LOG.debug("{}: no {} connection", connections.address(), role, e);
        retry();
      } else {
        firstUp.completeExceptionally(connections.address().unavailable(Outcome.NOT_SENT, e));
      }
    }
  }

  private void up() {
    upSinceNanos = System.nanoTime();
    owner.up(keepTrying || firstUp.isDone());
    firstUp.complete(null);
  }

  /** The channel or connection cannot be used any more. On the thread. */
  void lost(AmqpConnections.@Nullable Opened gone, @Nullable Throwable cause) {
    if (gone == null || opened != gone) {
      return;
    }
    opened = null;
    if (System.nanoTime() - upSinceNanos > GOOD_NANOS) {
      failures = 0;
    }
    if (!closed) {
      owner.down(connections.address().unavailable(Outcome.UNKNOWN, cause));
    }
    end(gone);
    retry();
  }

  /** What is open now. */
  AmqpConnections.@Nullable Opened opened() {
    return opened;
  }

  private void retry() {
    if (!closed) {
      long full = Math.min(MAX_BACKOFF_MILLIS, MIN_BACKOFF_MILLIS << Math.min(failures++, 10));
      long jittered = full / 2 + ThreadLocalRandom.current().nextLong(full / 2 + 1);
      ScheduledFuture<?> unused = thread.schedule(this::connect, jittered, TimeUnit.MILLISECONDS);
    }
  }

  /**
   * Closes the connection, politely for at most 1 s, and ends the thread. Runs on a thread of its
   * own, because the link's may wait for a peer that takes no bytes.
   */
  void close(Runnable onThread) {
    closed = true;
    try {
      thread
          .submit(
              () -> {
                onThread.run();
                end(opened);
              })
          .get(2L * CLOSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      LOG.debug("{}: {} connection cut", connections.address(), role, e);
    }
    AmqpConnections.Opened last = opened;
    if (last != null) {
      last.cut();
    }
    thread.shutdownNow();
    firstUp.completeExceptionally(
        new BackendUnavailableException(
            connections.address() + ": closed (expected: an open one)", Outcome.NOT_SENT, null));
  }

  private static void end(AmqpConnections.@Nullable Opened last) {
    if (last != null) {
      try {
        last.connection().abort(CLOSE_MILLIS);
      } finally {
        last.cut();
      }
    }
  }
}
