package io.starling.socketio.netty;

import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.Future;
import io.starling.engineio.SessionExecutor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * An event loop of Netty as the owner of Engine.IO sessions.
 *
 * <p>Most tasks for {@link #afterTurn} are flushes. A flush makes or causes a system call, which
 * takes about ten times as long as the write before it. Therefore these tasks run in slices, and
 * between two slices the loop runs the tasks that were queued meanwhile. If such a task writes to a
 * session that is still to be flushed, one system call sends both writes.
 */
final class NettyLoop implements SessionExecutor {
  /**
   * How many tasks a slice has. The number is small so that few sessions flush the first message of
   * a burst alone.
   */
  private static final int SLICE = 16;

  /**
   * How much memory the buffers may take in which this loop gathers small frames. Without a bound,
   * a burst of messages to very many clients would take a buffer for each client.
   */
  static final int MAX_GATHERING_BYTES = 16 << 20;

  private final SingleThreadEventLoop loop;
  private final Runnable turnEnd = this::turnEnded;
  private final Runnable turnLast = this::runLast;

  // Only the loop reads and writes the fields below.
  private final ArrayDeque<Runnable> afterTurn = new ArrayDeque<>();
  private final ArrayDeque<Runnable> lastInTurn = new ArrayDeque<>();
  private int gatheringBytes;

  NettyLoop(SingleThreadEventLoop loop) {
    this.loop = loop;
  }

  @Override
  public boolean tryExecute(Runnable task) {
    try {
      loop.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      if (!loop.isShuttingDown()) {
        throw e;
      }
      return false;
    }
  }

  @Override
  public boolean inLoop() {
    return loop.inEventLoop();
  }

  @Override
  public boolean busy() {
    // Netty counts the task for lastInTurn among the pending tasks.
    return loop.pendingTasks() > (lastInTurn.isEmpty() ? 0 : 1);
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public Cancellable schedule(Duration delay, Runnable task) {
    try {
      Future<?> future = loop.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    } catch (RejectedExecutionException e) {
      if (!loop.isShuttingDown()) {
        throw e;
      }
      return () -> {};
    }
  }

  /**
   * Takes memory in which small frames of one client are gathered. Returns false, and takes
   * nothing, if the buffers of this loop would exceed {@link #MAX_GATHERING_BYTES}. Only on the
   * loop.
   */
  boolean takeGathering(int bytes) {
    if (gatheringBytes + bytes > MAX_GATHERING_BYTES) {
      return false;
    }
    gatheringBytes += bytes;
    return true;
  }

  /** Gives back memory that {@link #takeGathering} gave. Only on the loop. */
  void giveBackGathering(int bytes) {
    gatheringBytes -= bytes;
  }

  @Override
  public void afterTurn(Runnable task) {
    if (afterTurn.isEmpty()) {
      execute(turnEnd);
    }
    afterTurn.add(task);
  }

  private void turnEnded() {
    try {
      for (int i = 0; i < SLICE && !afterTurn.isEmpty(); i++) {
        afterTurn.remove().run();
      }
    } finally {
      if (!afterTurn.isEmpty()) {
        execute(turnEnd);
      }
    }
  }

  @Override
  public void lastInTurn(Runnable task) {
    lastInTurn.add(task);
    if (lastInTurn.size() == 1) {
      queueLast();
    }
  }

  private void runLast() {
    try {
      while (!lastInTurn.isEmpty()) {
        lastInTurn.remove().run();
      }
    } finally {
      if (!lastInTurn.isEmpty()) {
        queueLast();
      }
    }
  }

  private void queueLast() {
    try {
      loop.executeAfterEventLoopIteration(turnLast);
    } catch (RejectedExecutionException e) {
      runLast();
    }
  }
}
