package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class EventQueueTest {
  private final ScheduledThreadPoolExecutor timer =
      Deadlines.thread(HandlerThreads.daemons("test", "timer"));
  private final ExecutorService threads =
      HandlerThreads.create("test", "handler", OptionalInt.empty(), Deadlines.on(timer));
  private final EventQueue queue = new EventQueue(threads);

  @AfterEach
  void stop() throws InterruptedException {
    timer.shutdown();
    threads.shutdown();
    assertThat(threads.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void tasksOfOneSocketRunOneAtATimeInTheirOrder() throws InterruptedException {
    List<Integer> ran = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger running = new AtomicInteger();
    AtomicInteger overlaps = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(2_000);
    for (int i = 0; i < 2_000; i++) {
      int number = i;
      queue.dispatch(
          () -> {
            if (running.incrementAndGet() > 1) {
              overlaps.incrementAndGet();
            }
            // Lets another task in, if one could be.
            LockSupport.parkNanos(1);
            ran.add(number);
            running.decrementAndGet();
            done.countDown();
          });
    }

    assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(overlaps).hasValue(0);
    assertThat(ran).isEqualTo(IntStream.range(0, 2_000).boxed().toList());
  }

  @Test
  void socketThatBlocksDoesNotHoldUpAnother() throws InterruptedException {
    CountDownLatch other = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    queue.dispatch(
        () -> {
          awaitQuietly(other);
          done.countDown();
        });
    new EventQueue(threads).dispatch(other::countDown);

    assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void taskThatTakesItsTimeHoldsTheNext() throws InterruptedException {
    CompletableFuture<String> pending = new CompletableFuture<>();
    CountDownLatch began = new CountDownLatch(1);
    CountDownLatch next = new CountDownLatch(1);
    queue.dispatchTask(
        () -> {
          began.countDown();
          return pending;
        });
    queue.dispatch(next::countDown);
    assertThat(began.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(next.getCount()).isEqualTo(1);
    assertThat(queue.pending()).isEqualTo(2);
    pending.complete("done");

    assertThat(next.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void taskThatFailsWithAnErrorHoldsUpNothing() {
    ManualExecutor manual = new ManualExecutor();
    EventQueue failing = new EventQueue(manual);
    List<String> ran = new ArrayList<>();
    failing.dispatch(
        () -> {
          throw new AssertionError("expected by the test");
        });
    failing.dispatch(() -> ran.add("behind it"));
    manual.runAll();
    failing.dispatch(() -> ran.add("later"));
    manual.runAll();

    assertThat(ran).containsExactly("behind it", "later");
    assertThat(failing.pending()).isZero();
  }

  @Test
  void taskThatTheExecutorDidNotTakeRunsWithTheNext() {
    ManualExecutor manual = new ManualExecutor();
    EventQueue refused = new EventQueue(manual);
    List<String> ran = new ArrayList<>();
    manual.broken = true;
    assertThatThrownBy(() -> refused.dispatch(() -> ran.add("first"))).hasMessage("broken");
    manual.broken = false;

    refused.dispatch(() -> ran.add("second"));
    manual.runAll();

    assertThat(ran).containsExactly("first", "second");
    assertThat(refused.pending()).isZero();
  }

  @Test
  void batchThatAnExecutorRunsThoughItFailedRunsNothingTwice() {
    List<Runnable> kept = new ArrayList<>();
    List<String> ran = new ArrayList<>();
    EventQueue twice =
        new EventQueue(
            batch -> {
              kept.add(batch);
              kept.add(batch);
            });
    twice.dispatch(() -> ran.add("first"));
    twice.dispatch(() -> ran.add("second"));
    kept.forEach(Runnable::run);

    assertThat(ran).containsExactly("first", "second");
    assertThat(twice.pending()).isZero();
  }

  @Test
  void threadsAreNamedDaemonsAndVirtualWhereJavaHasThem() throws InterruptedException {
    List<Thread> seen = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch done = new CountDownLatch(1);
    queue.dispatch(
        () -> {
          seen.add(Thread.currentThread());
          done.countDown();
        });

    assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(seen.get(0).getName()).startsWith("starling-test-handler-");
    assertThat(seen.get(0).isDaemon()).isTrue();
    assertThat(seen.get(0).getClass().getSimpleName().equals("VirtualThread"))
        .isEqualTo(Runtime.version().feature() >= 21);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
