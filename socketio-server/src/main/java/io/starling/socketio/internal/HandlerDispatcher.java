package io.starling.socketio.internal;

import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one at a time, in the order of their dispatch, on handler threads and with no lock
 * held. For example, each socket has a dispatcher for its handlers. Safe for any thread.
 */
final class HandlerDispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(HandlerDispatcher.class);

  /** After this many tasks in a row, the dispatcher gives its thread back and asks for another. */
  private static final int BATCH = 64;

  private final Executor executor;

  /**
   * Created by the first task, under the lock of this object. Many clients only listen and need no
   * queue.
   */
  private volatile @Nullable Queue<Task> tasks;

  private final AtomicInteger pending = new AtomicInteger();

  /**
   * Whether the executor refused the last batch, so that the next task has to request a batch.
   * Cleared under the lock of this object.
   */
  private volatile boolean stalled;

  HandlerDispatcher(Executor executor) {
    this.executor = executor;
  }

  /** A task. If it throws, the exception is logged and the next task runs. */
  @FunctionalInterface
  interface Task {
    /**
     * Runs the task.
     *
     * @return a stage that must complete, successfully or not, before the next task runs; null if
     *     the next task need not wait
     */
    @Nullable CompletionStage<?> run();
  }

  /** How many tasks wait or run. */
  int pending() {
    return pending.get();
  }

  void dispatch(Runnable task) {
    dispatchTask(
        () -> {
          task.run();
          return null;
        });
  }

  /** As {@link #dispatch}, for a task whose work may go on after the task has returned. */
  void dispatchTask(Task task) {
    tasks().add(task);
    if (pending.getAndIncrement() == 0 || (stalled && noLongerStalled())) {
      requestBatch();
    }
  }

  /**
   * Asks the executor to run pending tasks. At most one batch exists at a time: while tasks are
   * pending, a batch runs, waits for a thread, or waits for the stage of a task.
   */
  private void requestBatch() {
    Batch batch = new Batch();
    boolean taken = false;
    try {
      executor.execute(batch);
      taken = true;
    } finally {
      if (!taken && batch.withdraw()) {
        stalled = true;
      }
    }
  }

  private synchronized boolean noLongerStalled() {
    boolean was = stalled;
    stalled = false;
    return was;
  }

  /**
   * Runs pending tasks, at most once. An executor may throw although it took the batch; then the
   * caller may give the same batch to another executor.
   */
  private final class Batch extends AtomicBoolean implements Runnable {
    private static final long serialVersionUID = 1;

    /** Prevents the batch from running. False if the batch has begun to run. */
    boolean withdraw() {
      return compareAndSet(false, true);
    }

    @Override
    public void run() {
      if (compareAndSet(false, true)) {
        runBatch();
      }
    }
  }

  private Queue<Task> tasks() {
    Queue<Task> made = tasks;
    return made == null ? makeTasks() : made;
  }

  private synchronized Queue<Task> makeTasks() {
    Queue<Task> made = tasks;
    if (made == null) {
      made = new ConcurrentLinkedQueue<>();
      tasks = made;
    }
    return made;
  }

  private void runBatch() {
    for (int i = 0; i < BATCH; i++) {
      if (takesItsTime()) {
        return;
      }
      if (pending.decrementAndGet() == 0) {
        return;
      }
    }
    requestBatch();
  }

  /**
   * Runs the next task. True when the task returned a stage, for which the other tasks must wait.
   */
  private boolean takesItsTime() {
    Task task = tasks().poll();
    try {
      CompletionStage<?> rest = task == null ? null : task.run();
      if (rest != null) {
        rest.whenComplete((done, failure) -> goOn());
      }
      return rest != null;
    } catch (Throwable e) {
      LOG.error("a task of a socket failed", e);
      return false;
    }
  }

  /** The stage of the last task has completed, so the tasks behind that task go on. */
  private void goOn() {
    if (pending.decrementAndGet() > 0) {
      requestBatch();
    }
  }
}
