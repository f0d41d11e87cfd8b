package io.starling.manager.pubsub;

import java.time.Duration;
import java.util.Comparator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A manager thread that runs on the test's own thread, with a clock that is set by hand. Tasks may
 * be handed over by any thread.
 */
final class FakeManagerThread implements ManagerThread {
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final Queue<Timer> timers =
      new PriorityBlockingQueue<>(8, Comparator.comparingLong(Timer::dueNanos));
  private final AtomicLong nowNanos = new AtomicLong(1_000_000_000L);

  private record Timer(long dueNanos, Runnable task) {}

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public long nanoTime() {
    return nowNanos.get();
  }

  @Override
  public long currentTimeMillis() {
    return 1_700_000_000_000L + nowNanos.get() / 1_000_000;
  }

  @Override
  public Cancellable schedule(Duration delay, Runnable task) {
    Timer timer = new Timer(nowNanos.get() + delay.toNanos(), task);
    timers.add(timer);
    return () -> timers.remove(timer);
  }

  @Override
  public void shutdown() {
    tasks.clear();
    timers.clear();
  }

  /** How many tasks were handed over and have not run. */
  int waiting() {
    return tasks.size();
  }

  /** Runs everything that is due now. */
  void run() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /** Lets time pass in which nothing runs, as when the process is stopped. */
  void stall(Duration time) {
    nowNanos.addAndGet(time.toNanos());
  }

  /** Lets time pass, timer by timer. */
  void advance(Duration time) {
    long end = nowNanos.get() + time.toNanos();
    run();
    for (Timer next = timers.peek(); next != null && next.dueNanos() <= end; next = timers.peek()) {
      timers.remove();
      nowNanos.set(Math.max(nowNanos.get(), next.dueNanos()));
      next.task().run();
      run();
    }
    nowNanos.set(end);
    run();
  }
}
