package io.starling.socketio.internal;

import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Runs the handlers of one socket: one at a time, in the order of their dispatch, on handler
 * threads, with no lock held. Safe for any thread.
 */
final class HandlerDispatcher {
  /** After so many a socket lets others have the thread. */
  private static final int BATCH = 64;

  private final Executor executor;

  /** Made by the first task: many clients only listen. */
  private volatile @Nullable Queue<Task> tasks;

  private final AtomicInteger pending = new AtomicInteger();

  HandlerDispatcher(Executor executor) {
    this.executor = executor;
  }

  /** What runs; it does not throw. */
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
    if (pending.getAndIncrement() == 0) {
      executor.execute(this::runBatch);
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
      Task task = tasks().poll();
      CompletionStage<?> rest = task == null ? null : task.run();
      if (rest != null) {
        rest.whenComplete((done, failure) -> goOn());
        return;
      }
      if (pending.decrementAndGet() == 0) {
        return;
      }
    }
    executor.execute(this::runBatch);
  }

  /** What was waited for is there. */
  private void goOn() {
    if (pending.decrementAndGet() > 0) {
      executor.execute(this::runBatch);
    }
  }
}
