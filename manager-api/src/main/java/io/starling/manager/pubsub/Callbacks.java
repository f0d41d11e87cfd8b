package io.starling.manager.pubsub;

import io.starling.manager.PromptExecutor;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where users' stages complete: on the executor that they gave. Its {@code execute} is code of the
 * user's, too: it may block, throw, or run the task at once. So a thread that has nothing else to
 * do hands the tasks over, one after another, and runs those that the executor refuses. No stage
 * stays open, and no other thread waits. Safe for any thread.
 */
final class Callbacks implements Executor {
  private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);

  /** While so many tasks wait for an executor that blocks, new operations are refused. */
  static final int MAX_WAITING = 10_000;

  private final Executor users;
  private final Executor handOver;
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicBoolean refusalTold = new AtomicBoolean();

  private Callbacks(Executor users, Executor handOver) {
    this.users = users;
    this.handOver = handOver;
  }

  /**
   * Hands over to an executor.
   *
   * @param users where the stages complete
   * @param thread has a second thread, which is not needed where the executor does not block
   */
  static Callbacks of(Executor users, ManagerThread thread) {
    return users instanceof PromptExecutor
        ? new Callbacks(orElse(users), Runnable::run)
        : new Callbacks(users, thread.handOver());
  }

  /** What is refused must not run on the calling thread. */
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

  /** Whether the users' executor has blocked for so long that there is room for no more stages. */
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
