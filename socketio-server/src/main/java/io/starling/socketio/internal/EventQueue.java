package io.starling.socketio.internal;

import io.starling.engineio.CloseReason;
import io.starling.engineio.EngineIoSession;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one at a time, in the order of their dispatch, on handler threads and with no lock
 * held. For example, each socket has a queue for its handlers. Safe for any thread.
 *
 * <p>The queue itself is the task that an executor gets; one run of it is called a batch. At most
 * one batch exists at a time: while tasks are pending, a batch runs, waits for the end of the event
 * loop's turn, waits for a thread, or waits for the stage of a task.
 */
final class EventQueue implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(EventQueue.class);

  /** After this many tasks in a row, the queue gives its thread back and asks for another. */
  private static final int BATCH = 64;

  /** No batch waits for a thread. */
  private static final int NOT_REQUESTED = 0;

  /** The executor gets a batch at the end of the event loop's turn. */
  private static final int PUT_OFF = 1;

  /** The executor has a batch, which has not begun to run. */
  private static final int REQUESTED = 2;

  /** The executor refused the last batch, so the next task has to request a batch. */
  private static final int REFUSED = 3;

  private static final AtomicIntegerFieldUpdater<EventQueue> STATE =
      AtomicIntegerFieldUpdater.newUpdater(EventQueue.class, "state");

  private final Executor executor;

  /** Null if no session feeds this queue. */
  private final @Nullable EngineIoSession session;

  /**
   * Created by the first task, under the lock of this object. Many clients only listen and need no
   * queue.
   */
  private volatile @Nullable Queue<Task> tasks;

  private final AtomicInteger pending = new AtomicInteger();
  private volatile int state = NOT_REQUESTED;

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

  EventQueue(Executor executor) {
    this(executor, null);
  }

  /**
   * Creates a queue for a session. Its event loop asks for a handler thread at the end of its turn
   * only: a thread that is woken may take the processor from the loop, and at the end of the turn
   * it may find several events. If the executor refuses a batch, the session is closed.
   */
  EventQueue(Executor executor, @Nullable EngineIoSession session) {
    this.executor = executor;
    this.session = session;
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
    if (pending.getAndIncrement() == 0
        || (state == REFUSED && STATE.compareAndSet(this, REFUSED, NOT_REQUESTED))) {
      request();
    }
  }

  /** Gives the executor the batch that was put off to the end of the event loop's turn. */
  void handOver() {
    if (STATE.compareAndSet(this, PUT_OFF, REQUESTED)) {
      boolean taken = false;
      try {
        executor.execute(this);
        taken = true;
      } finally {
        // An executor may throw although it took the batch, and the batch may have run.
        if (!taken && STATE.compareAndSet(this, REQUESTED, REFUSED) && session != null) {
          session.close(CloseReason.FORCED_SERVER_CLOSE);
        }
      }
    }
  }

  private void request() {
    if (session == null) {
      state = PUT_OFF;
      handOver();
    } else if (session.loop().inLoop()) {
      state = PUT_OFF;
      session.loop().lastInTurn(this::handOver);
    } else {
      state = REQUESTED;
      requestOffLoop(session);
    }
  }

  /** If the executor refuses the batch, the event loop tries again. */
  private void requestOffLoop(EngineIoSession owner) {
    try {
      executor.execute(this);
    } catch (Throwable e) {
      if (STATE.compareAndSet(this, REQUESTED, PUT_OFF)
          && !owner.loop().tryExecute(this::handOver)) {
        handOver();
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

  /**
   * Runs pending tasks. An executor may run a batch twice, because it may throw although it took
   * the batch; the second run does nothing, or stands in for a batch that was requested meanwhile.
   */
  @Override
  public void run() {
    if (!STATE.compareAndSet(this, REQUESTED, NOT_REQUESTED)) {
      return;
    }
    for (int i = 0; i < BATCH; i++) {
      if (takesItsTime() || pending.decrementAndGet() == 0) {
        return;
      }
    }
    request();
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
      request();
    }
  }
}
