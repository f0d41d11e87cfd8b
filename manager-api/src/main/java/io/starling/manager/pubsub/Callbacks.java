package io.starling.manager.pubsub;

import io.starling.manager.PromptExecutor;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Completes the stages that operations return to the user, on the executor that the user gave. The
 * executor's {@code execute} may block, throw, or run the task on the calling thread. A separate
 * thread therefore calls the executor, one task after another, and runs the tasks that the executor
 * refuses. So every stage completes, and no other thread waits for the executor. Safe for any
 * thread.
 */
final class Callbacks implements Executor {
  private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);

  /**
   * The limit of tasks that wait for the user's executor. At this limit new operations are refused.
   */
  static final int MAX_WAITING = 10_000;

  private final Executor users;
  private final Executor handOver;

  /** How many tasks were not yet offered to the user's executor. */
  private final AtomicInteger waiting = new AtomicInteger();

  private final AtomicBoolean refusalTold = new AtomicBoolean();

  private Callbacks(Executor users, Executor handOver) {
    this.users = users;
    this.handOver = handOver;
  }

  /**
   * Wraps the user's executor.
   *
   * @param users the executor on which stages complete
   * @param thread supplies the second thread that calls {@code users}; a {@link PromptExecutor} is
   *     called directly, because it never blocks
   */
  static Callbacks of(Executor users, ManagerThread thread) {
    return users instanceof PromptExecutor
        ? new Callbacks(orElse(users), Runnable::run)
        : new Callbacks(users, thread.handOver());
  }

  /**
   * Runs refused tasks on the common pool. The caller is often the publisher thread, which must not
   * run user code.
   */
  private static Executor orElse(Executor prompt) {
    return task -> {
      try {
        prompt.execute(task);
      } catch (Throwable ended) {
        LOG.debug("The executor of callbacks has ended", ended);
        ForkJoinPool.commonPool().execute(task);
      }
    };
  }

  @Override
  public void execute(Runnable task) {
    waiting.incrementAndGet();
    Runnable giving = () -> give(task);
    try {
      handOver.execute(giving);
    } catch (Throwable ended) {
      LOG.debug("The thread for callbacks has ended", ended);
      ForkJoinPool.commonPool().execute(giving);
    }
  }

  /** Whether {@link #MAX_WAITING} tasks wait because the user's executor blocks. */
  boolean isFull() {
    return waiting.get() >= MAX_WAITING;
  }

  private void give(Runnable task) {
    waiting.decrementAndGet();
    try {
      users.execute(task);
    } catch (Throwable refused) {
      if (refusalTold.compareAndSet(false, true)) {
        LOG.warn(
            "The executor of callbacks refuses a task, which runs on a thread of ours", refused);
      }
      runHere(task);
    }
  }

  private static void runHere(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      LOG.error("A callback failed by a defect", e);
    }
  }
}
