package io.starling.socketio.internal;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/** Events of one socket that come from several threads, and the threads that handle them. */
public final class HandlersStress {
  private HandlersStress() {}

  /** Results: tasks that ran, tasks that ran beside another, tasks that still count as pending. */
  @JCStressTest
  @Outcome(id = "4, 0, 0", expect = ACCEPTABLE, desc = "each ran, one at a time")
  @State
  public static class DispatchedByTwo {
    private final EventQueue queue = new EventQueue(Runnable::run);
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger overlaps = new AtomicInteger();

    /** Guarded by the queue, which is what is tested. */
    private int ran;

    private void run() {
      if (running.incrementAndGet() > 1) {
        overlaps.incrementAndGet();
      }
      ran++;
      running.decrementAndGet();
    }

    /** One thread. */
    @Actor
    public void dispatch() {
      queue.dispatch(this::run);
      queue.dispatch(this::run);
    }

    /** Another. */
    @Actor
    public void dispatchToo() {
      queue.dispatch(this::run);
      queue.dispatch(this::run);
    }

    /** Counts. */
    @Arbiter
    public void count(III_Result result) {
      result.r1 = ran;
      result.r2 = overlaps.get();
      result.r3 = queue.pending();
    }
  }

  /** A task's stage completes while another task comes. Results as above. */
  @JCStressTest
  @Outcome(id = "2, 0, 0", expect = ACCEPTABLE, desc = "the second runs behind the stage")
  @State
  public static class CompletedWhileAnotherComes {
    private final EventQueue queue = new EventQueue(Runnable::run);
    private final CompletableFuture<@Nullable Void> stage = new CompletableFuture<>();
    private int ran;
    private int early;

    /** One thread dispatches a task that takes its time, and one behind it. */
    @Actor
    public void dispatch() {
      queue.dispatchTask(
          () -> {
            ran++;
            return stage;
          });
      queue.dispatch(
          () -> {
            ran++;
            early += stage.isDone() ? 0 : 1;
          });
    }

    /** What the first waits for is there. */
    @Actor
    public void complete() {
      stage.complete(null);
    }

    /** Counts. */
    @Arbiter
    public void count(III_Result result) {
      result.r1 = ran;
      result.r2 = early;
      result.r3 = queue.pending();
    }
  }

  /** The executor takes the first batch only after it failed once. Results: all tasks ran. */
  @JCStressTest
  @Outcome(id = "3, 0, 0", expect = ACCEPTABLE, desc = "the last task takes the others along")
  @State
  public static class NotTakenOnce {
    private final AtomicInteger batches = new AtomicInteger();
    private final EventQueue queue = new EventQueue(this::take);
    private int ran;

    private void take(Runnable batch) {
      if (batches.getAndIncrement() == 0) {
        throw new IllegalStateException("not taken");
      }
      batch.run();
    }

    private void dispatchOne() {
      try {
        queue.dispatch(() -> ran++);
      } catch (IllegalStateException e) {
        // The task waits for the next.
      }
    }

    /** One thread. */
    @Actor
    public void dispatch() {
      dispatchOne();
    }

    /** Another. */
    @Actor
    public void dispatchToo() {
      dispatchOne();
    }

    /** One more comes, and all have run. */
    @Arbiter
    public void count(III_Result result) {
      dispatchOne();
      result.r1 = ran;
      result.r2 = 0;
      result.r3 = queue.pending();
    }
  }

  /** Two threads hand tasks to a pool of two. */
  @JCStressTest
  @Outcome(id = "true", expect = ACCEPTABLE, desc = "both ran")
  @State
  public static class HandedToThePool {
    private static final Deadlines DEADLINES =
        Deadlines.on(Deadlines.thread(HandlerThreads.daemons("stress", "timer")));
    private static final HandlerPool POOL =
        new HandlerPool(
            2, HandlerThreads.daemons("stress", "handler"), DEADLINES, System::nanoTime);

    private final CountDownLatch ran = new CountDownLatch(2);

    /** One thread. */
    @Actor
    public void execute() {
      POOL.execute(ran::countDown);
    }

    /** Another. */
    @Actor
    public void executeToo() {
      POOL.execute(ran::countDown);
    }

    /** Waits for both; a task that nobody takes fails the test. */
    @Arbiter
    public void await(Z_Result result) {
      try {
        result.r1 = ran.await(10, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
