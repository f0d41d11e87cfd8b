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
 * Runs the handlers of one socket: one at a time, in the order of their dispatch, on handler
 * threads, with no lock held. Safe for any thread.
 */
final class HandlerDispatcher {
  private static final Logger LOG = LoggerFactory.getLogger(HandlerDispatcher.class);

  /** After so many a socket lets others have the thread. */
  private static final int BATCH = 64;

  private final Executor executor;

  /** Made by the first task: many clients only listen. */
  private volatile @Nullable Queue<Task> tasks;

  private final AtomicInteger pending = new AtomicInteger();

  /** Whether the executor took no batch, so that the next task has to ask for one. */
  private volatile boolean stalled;

  HandlerDispatcher(Executor executor) {
    this.executor = executor;
  }

  /** What runs. What it throws is logged and holds up nothing. */
  @FunctionalInterface
  interface Task {
    /** Returns what the next task waits for; null for nothing. */
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

  /** As {@link #dispatch}, for what may take its time. */
  void dispatchTask(Task task) {
    tasks().add(task);
    if (pending.getAndIncrement() == 0 || (stalled && noLongerStalled())) {
      requestBatch();
    }
  }

  /** One batch is asked for at a time: while tasks are pending, it runs or is to run. */
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

  /** Runs once, though an executor may fail after it took a batch, and the batch goes elsewhere. */
  private final class Batch extends AtomicBoolean implements Runnable {
    private static final long serialVersionUID = 1;

    /** Whether the batch has not run and never will. */
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

  /** Runs the next task; true when the others have to wait for the stage that it returned. */
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

  /** What was waited for is there. */
  private void goOn() {
    if (pending.decrementAndGet() > 0) {
      requestBatch();
    }
  }
}
