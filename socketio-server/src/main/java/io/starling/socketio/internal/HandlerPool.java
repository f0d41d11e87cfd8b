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
 * A thread pool for tasks that may be short or may block; the pool cannot tell in advance. Waking a
 * thread costs more than a short task, so a new task does not always wake a thread. It wakes none
 * while a woken thread is still on its way to the queue, or while as many threads as there are
 * processors run tasks that began less than {@link #SHORT_NANOS} ago: one of these threads takes
 * the new task next. A thread whose task runs for longer counts as blocked and is replaced by
 * another one, up to the size of the pool. If nothing else calls {@link #wake} meanwhile, a timer
 * does, see {@link #watch}.
 *
 * <p>A {@link java.util.concurrent.ThreadPoolExecutor}, which wakes one thread for each task, took
 * 1.25 times the processor time of this class for an echo (Java 17, 2 processors, 200 clients, 14
 * interleaved rounds; 1.24 times with one event in flight for each client).
 *
 * <p>Invariant: there is never for longer than {@link #SHORT_NANOS} a queued task and a thread to
 * spare while {@link #looking} is false. So a thread that adds a task, clears {@code looking} or
 * becomes idle calls {@link #wake} afterwards.
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

  /**
   * All threads of the pool, idle ones too. Changed under the lock of the pool; read by any thread.
   */
  private final List<Worker> workers = new CopyOnWriteArrayList<>();

  /**
   * The workers without a task; the one that became idle last is woken first. Guarded by the lock
   * of the pool.
   */
  private final ArrayDeque<Worker> idle = new ArrayDeque<>();

  /** How many workers are not idle. */
  private final AtomicInteger awake = new AtomicInteger();

  /** Whether a worker was woken or started and has not looked into the queue yet. */
  private final AtomicBoolean looking = new AtomicBoolean();

  /** Whether the timer will call {@link #lookAgain}. */
  private final AtomicBoolean watched = new AtomicBoolean();

  private volatile boolean shutdown;

  /**
   * A pool that starts its threads when tasks need them.
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

  /**
   * Makes the timer call {@link #wake} within about {@link #SHORT_NANOS}. False when the timer
   * takes no task, for example because it has ended with the server.
   */
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

  /**
   * Starts one more worker. If the JVM cannot create a thread, the error goes to the caller only
   * when the pool has no worker at all. Otherwise an existing worker takes the task later.
   */
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

  /** Removes an idle worker from the pool. False if the worker was woken meanwhile. */
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

  /**
   * Refuses new tasks and lets queued ones run. From now on {@link #wake} does not leave queued
   * tasks to the timer, which may end at the same time.
   */
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

    /**
     * Takes tasks until the queue is empty. After taking the first one, this worker is not {@link
     * #looking} any more, and wakes another worker if more tasks wait.
     */
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
        // Ignored, as the JVM ignores exceptions of an uncaught exception handler.
      }
    }

    /**
     * Waits to be woken. False if the worker ended instead, after {@link #IDLE_NANOS} or a
     * shutdown.
     */
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
