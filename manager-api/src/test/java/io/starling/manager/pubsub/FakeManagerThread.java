package io.starling.manager.pubsub;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/** A manager thread that runs on the test's own thread, with a clock that is set by hand. */
final class FakeManagerThread implements ManagerThread {
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(Comparator.comparingLong(Timer::dueNanos));
  private long nowNanos = 1_000_000_000L;

  private record Timer(long dueNanos, Runnable task) {}

  @Override
  public synchronized void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public long nanoTime() {
    return nowNanos;
  }

  @Override
  public long currentTimeMillis() {
    return 1_700_000_000_000L + nowNanos / 1_000_000;
  }

  @Override
  public Cancellable schedule(Duration delay, Runnable task) {
    Timer timer = new Timer(nowNanos + delay.toNanos(), task);
    timers.add(timer);
    return () -> timers.remove(timer);
  }

  @Override
  public void shutdown() {
    tasks.clear();
    timers.clear();
  }

  /** Runs everything that is due now. */
  void run() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /** Lets time pass in which nothing runs, as when the process is stopped. */
  void stall(Duration time) {
    nowNanos += time.toNanos();
  }

  /** Lets time pass, timer by timer. */
  void advance(Duration time) {
    long end = nowNanos + time.toNanos();
    run();
    for (Timer next = timers.peek(); next != null && next.dueNanos() <= end; next = timers.peek()) {
      timers.remove();
      nowNanos = Math.max(nowNanos, next.dueNanos());
      next.task().run();
      run();
    }
    nowNanos = end;
    run();
  }
}
