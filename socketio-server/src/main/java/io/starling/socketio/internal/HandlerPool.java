package io.starling.socketio.internal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
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
 * <p>A {@link ThreadPoolExecutor} owns the threads. Given the tasks directly, with one thread woken
 * for each, it took 1.25 times the processor time of this class for an echo (Java 17, 2 processors,
 * 200 clients, 14 interleaved rounds; 1.24 times with one event in flight for each client).
 *
 * <p>Invariant: there is never for longer than {@link #SHORT_NANOS} a queued task and a thread to
 * spare while {@link #looking} is false. So a thread that adds a task or clears {@code looking}
 * calls {@link #wake} afterwards, and a worker that ends looks into the queue once more.
 */
final class HandlerPool extends AbstractExecutorService {
  private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final int size;
  private final Deadlines deadlines;
  private final LongSupplier clock;
  private final int processors = Runtime.getRuntime().availableProcessors();
  private final ThreadPoolExecutor threads;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

  /** The workers that run or are about to; each occupies a thread. */
  private final List<Worker> workers = new CopyOnWriteArrayList<>();

  /** Whether a worker was started and has not looked into the queue yet. */
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
    this.deadlines = deadlines;
    this.clock = clock;
    // No task waits in this executor: it has a thread to spare for a worker, or makes one.
    this.threads =
        new ThreadPoolExecutor(0, size, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), factory);
  }

  @Override
  public void execute(Runnable task) {
    boolean refused = shutdown;
    if (!refused) {
      tasks.add(task);
      wake();
      // If the threads have ended meanwhile, none takes the task.
      refused = threads.isShutdown() && tasks.remove(task);
    }
    if (refused) {
      throw new RejectedExecutionException("handler threads: shut down (expected: running)");
    }
  }

  private void wake() {
    if (looking.get() || tasks.isEmpty() || workers.size() >= size) {
      return;
    }
    boolean enough = workers.size() - blocked() >= processors;
    if (!(enough && !shutdown && watch()) && looking.compareAndSet(false, true)) {
      start();
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

  /**
   * Starts one more worker. If the JVM cannot create a thread, the error goes to the caller only
   * when the pool has no worker at all. Otherwise an existing worker takes the task later.
   */
  private void start() {
    Worker worker = new Worker();
    workers.add(worker);
    try {
      threads.execute(worker);
    } catch (RejectedExecutionException e) {
      // The worker before has ended, but its thread does not wait for the next one yet.
      abandon(worker);
      if (!threads.isShutdown() && !watch()) {
        LockSupport.parkNanos(SHORT_NANOS);
        wake();
      }
    } catch (Throwable e) {
      abandon(worker);
      if (workers.isEmpty()) {
        throw e;
      }
    }
  }

  private void abandon(Worker worker) {
    workers.remove(worker);
    looking.set(false);
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

  /**
   * Refuses new tasks and lets queued ones run. From now on {@link #wake} does not leave queued
   * tasks to the timer, which may end at the same time.
   */
  @Override
  public void shutdown() {
    shutdown = true;
    wake();
    endIfDone();
  }

  private void endIfDone() {
    if (shutdown && tasks.isEmpty() && workers.isEmpty()) {
      threads.shutdown();
    }
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutdown = true;
    List<Runnable> dropped = new ArrayList<>();
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      dropped.add(task);
    }
    threads.shutdownNow();
    return dropped;
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return threads.isTerminated();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return threads.awaitTermination(timeout, unit);
  }

  /** Occupies a thread while there are tasks. */
  private final class Worker implements Runnable {
    private volatile boolean working;
    private volatile long beganNanos;

    boolean atWorkSince(long nanos) {
      return working && beganNanos - nanos <= 0;
    }

    /**
     * Takes tasks until the queue is empty. After taking the first one, this worker is not {@link
     * #looking} any more, and wakes another worker if more tasks wait.
     */
    @Override
    public void run() {
      do {
        Runnable task = tasks.poll();
        looking.set(false);
        wake();
        for (; task != null; task = tasks.poll()) {
          work(task);
        }
      } while (!ended());
      endIfDone();
    }

    /** Ends this worker, unless a task has come that no other worker looks for. */
    private boolean ended() {
      workers.remove(this);
      boolean goesOn = !tasks.isEmpty() && looking.compareAndSet(false, true);
      if (goesOn) {
        workers.add(this);
      }
      return !goesOn;
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
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
      } catch (Throwable e) {
        // Ignored, as the JVM ignores exceptions of an uncaught exception handler.
      }
    }
  }
}
