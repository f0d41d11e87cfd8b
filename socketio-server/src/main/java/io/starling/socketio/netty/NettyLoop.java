package io.starling.socketio.netty;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.starling.engineio.SessionExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/** An event loop of Netty as the owner of sessions. */
final class NettyLoop implements SessionExecutor {
  private final EventLoop loop;
  private final Runnable turnEnd = this::turnEnded;

  // Owned by the loop.
  private List<Runnable> afterTurn = new ArrayList<>();
  private List<Runnable> spare = new ArrayList<>();

  NettyLoop(EventLoop loop) {
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

  @Override
  public void afterTurn(Runnable task) {
    if (afterTurn.isEmpty()) {
      execute(turnEnd);
    }
    afterTurn.add(task);
  }

  private void turnEnded() {
    List<Runnable> due = afterTurn;
    afterTurn = spare;
    spare = due;
    try {
      for (Runnable task : due) {
        task.run();
      }
    } finally {
      due.clear();
    }
  }
}
