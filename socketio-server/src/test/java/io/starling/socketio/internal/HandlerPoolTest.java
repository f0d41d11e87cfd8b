package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HandlerPoolTest {
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();
  private static final int SIZE = PROCESSORS + 2;
  private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

  private final AtomicLong nowNanos = new AtomicLong();
  private final FakeDeadlines deadlines = new FakeDeadlines();
  private final BlockingQueue<Throwable> uncaught = new LinkedBlockingQueue<>();
  private final HandlerPool pool = new HandlerPool(SIZE, this::thread, deadlines, nowNanos::get);
  private final Semaphore begun = new Semaphore(0);
  private final CountDownLatch release = new CountDownLatch(1);

  private volatile boolean threadsToBeHad = true;

  private Thread thread(Runnable task) {
    Thread thread = threadsToBeHad ? new Thread(task, "handler-pool-test") : new Unstartable(task);
    thread.setUncaughtExceptionHandler((failed, cause) -> uncaught.add(cause));
    return thread;
  }

  @AfterEach
  void stop() throws InterruptedException {
    release.countDown();
    pool.shutdown();
    assertThat(pool.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void asManyTasksRunAtOnceAsThereAreProcessorsAndNoMoreWhileTheseAreShort()
      throws InterruptedException {
    block(PROCESSORS + 1);

    awaitBegun(PROCESSORS);
    assertThat(deadlines.pending()).isEqualTo(1);
    deadlines.passAll();
    assertThat(begun.availablePermits()).isZero();
  }

  @Test
  void threadsThatAreAtWorkForAMillisecondAreReplaced() throws InterruptedException {
    block(PROCESSORS + 1);
    awaitBegun(PROCESSORS);

    nowNanos.addAndGet(MILLISECOND);
    deadlines.passAll();

    awaitBegun(1);
  }

  @Test
  void anotherTaskReplacesBlockedThreadsWithoutWaitingForTheClock() throws InterruptedException {
    block(PROCESSORS);
    awaitBegun(PROCESSORS);

    nowNanos.addAndGet(MILLISECOND);
    block(1);

    awaitBegun(1);
  }

  @Test
  void taskForWhichNoThreadCouldBeStartedRunsWithTheNext() throws InterruptedException {
    threadsToBeHad = false;
    assertThatThrownBy(() -> block(1)).isInstanceOf(InternalError.class);

    threadsToBeHad = true;
    block(1);

    awaitBegun(2);
  }

  @Test
  void threadThatCannotBeStartedDoesNotDisturbThoseThatRun() throws InterruptedException {
    block(1);
    awaitBegun(1);
    threadsToBeHad = false;
    block(1);
    release.countDown();

    awaitBegun(1);
  }

  @Test
  void aPoolThatIsAllBlockedTakesUpWhatWaitsWhenAThreadIsFree() throws InterruptedException {
    for (int i = 0; i < SIZE; i++) {
      block(1);
      awaitBegun(1);
      nowNanos.addAndGet(MILLISECOND);
    }
    block(3);
    assertThat(begun.availablePermits()).isZero();

    release.countDown();

    awaitBegun(3);
  }

  @Test
  void aTaskThatFailsIsToldAndItsThreadGoesOn() throws InterruptedException {
    IllegalStateException failure = new IllegalStateException("expected by the test");
    pool.execute(
        () -> {
          throw failure;
        });
    release.countDown();
    block(1);

    awaitBegun(1);
    assertThat(uncaught.poll(60, TimeUnit.SECONDS)).isSameAs(failure);
  }

  @Test
  void whatWasTakenBeforeTheShutdownStillRuns() throws InterruptedException {
    block(2 * SIZE);
    pool.shutdown();
    release.countDown();

    awaitBegun(2 * SIZE);
    assertThatThrownBy(() -> pool.execute(() -> {}))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessageContaining("shut down");
  }

  @Test
  void whatWaitsForTheClockAtTheShutdownDoesNotNeedIt() throws InterruptedException {
    block(PROCESSORS + 1);
    awaitBegun(PROCESSORS);

    pool.shutdown();

    awaitBegun(1);
  }

  @Test
  void poolWhoseClockFailsTakesAnotherThread() throws InterruptedException {
    deadlines.onceSet =
        () -> {
          throw new InternalError("no native thread");
        };
    block(PROCESSORS + 1);

    awaitBegun(PROCESSORS + 1);
  }

  @Test
  void nothingIsLostOrRunTwiceWhateverTheThreads() throws InterruptedException {
    release.countDown();
    int submitters = 4;
    int each = 20_000;
    CountDownLatch submitted = new CountDownLatch(submitters);
    for (int i = 0; i < submitters; i++) {
      thread(
              () -> {
                block(each);
                submitted.countDown();
              })
          .start();
    }
    assertThat(submitted.await(60, TimeUnit.SECONDS)).isTrue();

    awaitBegun(submitters * each);
    assertThat(begun.availablePermits()).isZero();
  }

  private void block(int tasks) {
    for (int i = 0; i < tasks; i++) {
      pool.execute(
          () -> {
            begun.release();
            awaitRelease();
          });
    }
  }

  private void awaitRelease() {
    try {
      release.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitBegun(int tasks) throws InterruptedException {
    assertThat(begun.tryAcquire(tasks, 60, TimeUnit.SECONDS)).isTrue();
  }

  /** A thread that the system does not have. */
  private static final class Unstartable extends Thread {
    Unstartable(Runnable task) {
      super(task);
    }

    @Override
    public synchronized void start() {
      throw new InternalError("no native thread");
    }
  }
}
