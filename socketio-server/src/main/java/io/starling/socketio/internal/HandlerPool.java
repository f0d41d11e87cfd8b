package io.starling.socketio.internal;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Threads for tasks that are short or block, nobody knows which. Waking a thread costs more than a
 * short task, so a task wakes nobody while another thread is on its way to the queue, or while as
 * many threads as there are processors have work that they began less than {@link #SHORT_NANOS}
 * ago: one of them will come for it. Threads at work for longer count as blocked and are replaced,
 * up to the size of the pool; {@link #watch} sees to that when nobody else comes by.
 *
 * <p>What must hold: a task in the queue, a thread to spare, and nobody {@link #looking} never last
 * for longer than {@link #SHORT_NANOS}. So whoever adds a task, stops looking or becomes idle calls
 * {@link #wake} afterwards.
 */
final class HandlerPool extends AbstractExecutorService {
  private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final int size;
  private final ThreadFactory factory;
  private final Deadlines deadlines;
  private final LongSupplier clock;
  private final int processors = Runtime.getRuntime().availableProcessors();
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final CountDownLatch terminated = new CountDownLatch(1);

  /** Changed under the lock. */
  private final List<Worker> workers = new CopyOnWriteArrayList<>();

  /** The last one to become idle is woken first; guarded by the lock. */
  private final ArrayDeque<Worker> idle = new ArrayDeque<>();

  /** How many workers are not idle. */
  private final AtomicInteger awake = new AtomicInteger();

  /** Whether a worker was woken and has not found a task or become idle yet. */
  private final AtomicBoolean looking = new AtomicBoolean();

  private final AtomicBoolean watched = new AtomicBoolean();
  private volatile boolean shutdown;

  /**
   * A pool without threads yet.
   *
   * @param clock nanoseconds since an arbitrary point
   */
  HandlerPool(int size, ThreadFactory factory, Deadlines deadlines, LongSupplier clock) {
    this.size = size;
    this.factory = factory;
    this.deadlines = deadlines;
    this.clock = clock;
  }

  @Override
  public void execute(Runnable task) {
    if (shutdown) {
      throw new RejectedExecutionException("handler threads: shut down (expected: running)");
    }
    tasks.add(task);
    wake();
  }

  private void wake() {
    if (looking.get() || tasks.isEmpty()) {
      return;
    }
    boolean enough = awake.get() - blocked() >= processors;
    if (!(enough && !shutdown && watch()) && looking.compareAndSet(false, true)) {
      rouse();
    }
  }

  /** Looks again soon; false when no clock is to be had, as when it has ended with the server. */
  private boolean watch() {
    if (watched.get() || !watched.compareAndSet(false, true)) {
      return true;
    }
    try {
      deadlines.after(Duration.ofNanos(SHORT_NANOS), this::lookAgain);
      return true;
    } catch (Throwable e) {
      watched.set(false);
      return false;
    }
  }

  private void lookAgain() {
    watched.set(false);
    wake();
  }

  private synchronized void rouse() {
    Worker sleeper = idle.pollFirst();
    if (sleeper != null) {
      awake.incrementAndGet();
      sleeper.wakeUp();
    } else if (workers.size() < size) {
      start();
    } else {
      looking.set(false);
    }
  }

  /** A thread that is not to be had is a fault only where no other comes for the task. */
  private void start() {
    awake.incrementAndGet();
    try {
      Worker fresh = new Worker();
      fresh.start();
      workers.add(fresh);
    } catch (Throwable e) {
      awake.decrementAndGet();
      looking.set(false);
      if (workers.isEmpty()) {
        throw e;
      }
    }
  }

  private int blocked() {
    long nowNanos = clock.getAsLong();
    int blocked = 0;
    for (Worker worker : workers) {
      if (worker.atWorkSince(nowNanos - SHORT_NANOS)) {
        blocked++;
      }
    }
    return blocked;
  }

  private void lieDown(Worker worker) {
    synchronized (this) {
      idle.addFirst(worker);
    }
    awake.decrementAndGet();
    wake();
  }

  /** Whether the worker may end: nobody has woken it. */
  private synchronized boolean retire(Worker worker) {
    boolean retired = idle.remove(worker);
    if (retired) {
      workers.remove(worker);
      endIfDone();
    }
    return retired;
  }

  private void endIfDone() {
    if (shutdown && workers.isEmpty()) {
      terminated.countDown();
    }
  }

  /** The clock may end with the pool, so what waits is not left to it any more. */
  @Override
  public void shutdown() {
    synchronized (this) {
      shutdown = true;
      idle.forEach(Worker::unpark);
      endIfDone();
    }
    wake();
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutdown();
    List<Runnable> dropped = new ArrayList<>();
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      dropped.add(task);
    }
    workers.forEach(Worker::interrupt);
    return dropped;
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return terminated.getCount() == 0;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return terminated.await(timeout, unit);
  }

  private final class Worker implements Runnable {
    private final Thread thread = factory.newThread(this);
    private volatile boolean awoken = true;
    private volatile boolean working;
    private volatile long beganNanos;

    void start() {
      thread.start();
    }

    void wakeUp() {
      awoken = true;
      unpark();
    }

    void unpark() {
      LockSupport.unpark(thread);
    }

    void interrupt() {
      thread.interrupt();
    }

    boolean atWorkSince(long nanos) {
      return working && beganNanos - nanos <= 0;
    }

    @Override
    public void run() {
      do {
        workOff();
        awoken = false;
        lieDown(this);
      } while (rest());
    }

    /** Comes looking; passes that on with the first task. */
    private void workOff() {
      Runnable task = tasks.poll();
      looking.set(false);
      wake();
      for (; task != null; task = tasks.poll()) {
        work(task);
      }
    }

    private void work(Runnable task) {
      beganNanos = clock.getAsLong();
      working = true;
      try {
        task.run();
      } catch (Throwable e) {
        tell(e);
      } finally {
        working = false;
        Thread.interrupted();
      }
    }

    private void tell(Throwable failure) {
      try {
        thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
      } catch (Throwable e) {
        // As the JVM does with what such a handler throws.
      }
    }

    /** Whether it was woken, and not just idle for too long. */
    private boolean rest() {
      long untilNanos = System.nanoTime() + IDLE_NANOS;
      while (!awoken) {
        long leftNanos = untilNanos - System.nanoTime();
        if ((shutdown || leftNanos <= 0) && retire(this)) {
          return false;
        }
        LockSupport.parkNanos(HandlerPool.this, Math.max(leftNanos, SHORT_NANOS));
      }
      return true;
    }
  }
}
