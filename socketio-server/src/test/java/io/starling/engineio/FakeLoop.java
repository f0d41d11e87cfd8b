package io.starling.engineio;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** An event loop with a manual clock: tasks and timers run when the test says so. */
public final class FakeLoop implements SessionExecutor {
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(Comparator.comparingLong(timer -> timer.dueNanos));
  private final List<Runnable> afterTurn = new ArrayList<>();
  private final List<Runnable> lastInTurn = new ArrayList<>();
  private long nowNanos;
  private boolean ended;
  private int turns;

  /** Whether the test is taken for another thread than this loop between its turns. */
  public boolean outside;

  int tasksHandedOver;
  int timersArmed;

  @Override
  public boolean tryExecute(Runnable task) {
    if (!ended) {
      tasksHandedOver++;
      tasks.add(task);
    }
    return !ended;
  }

  /** Runs what is queued and takes no more, as the loop of a server that was closed. */
  public void end() {
    runTurn();
    ended = true;
  }

  @Override
  public boolean inLoop() {
    return !outside || turns > 0;
  }

  @Override
  public boolean busy() {
    return !tasks.isEmpty();
  }

  @Override
  public long nanoTime() {
    return nowNanos;
  }

  @Override
  public Cancellable schedule(Duration delay, Runnable task) {
    timersArmed++;
    Timer timer = new Timer(nowNanos + delay.toNanos(), task);
    timers.add(timer);
    return () -> timers.remove(timer);
  }

  @Override
  public void afterTurn(Runnable task) {
    afterTurn.add(task);
  }

  @Override
  public void lastInTurn(Runnable task) {
    if (ended) {
      task.run();
    } else {
      lastInTurn.add(task);
    }
  }

  /** Runs what is queued, then what waits for the end of the turn. */
  public void runTurn() {
    turns++;
    try {
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        task.run();
      }
      List<Runnable> due = List.copyOf(afterTurn);
      afterTurn.clear();
      due.forEach(Runnable::run);
      if (!tasks.isEmpty() || !afterTurn.isEmpty()) {
        runTurn();
      }
      while (!lastInTurn.isEmpty()) {
        lastInTurn.remove(0).run();
      }
    } finally {
      turns--;
    }
  }

  /** Moves the clock, running every timer at exactly its time. */
  public void advance(Duration time) {
    long end = nowNanos + time.toNanos();
    for (Timer next = timers.peek(); next != null && next.dueNanos <= end; next = timers.peek()) {
      timers.remove(next);
      nowNanos = Math.max(nowNanos, next.dueNanos);
      next.task.run();
      runTurn();
    }
    nowNanos = end;
  }

  /** Moves the clock without running the timers: the loop stands still. */
  void stall(Duration time) {
    nowNanos += time.toNanos();
  }

  int timers() {
    return timers.size();
  }

  private static final class Timer {
    private final long dueNanos;
    private final Runnable task;

    Timer(long dueNanos, Runnable task) {
      this.dueNanos = dueNanos;
      this.task = task;
    }
  }
}
