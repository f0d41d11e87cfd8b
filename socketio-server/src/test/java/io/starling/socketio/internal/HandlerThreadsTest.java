package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each queue is a socket whose handler blocks. */
final class HandlerThreadsTest {
  private static final int SOCKETS = 10_000;
  private static final boolean VIRTUAL = Runtime.version().feature() >= 21;

  private final ScheduledThreadPoolExecutor timer =
      Deadlines.thread(HandlerThreads.daemons("test", "timer"));
  private final List<ExecutorService> started = new ArrayList<>();
  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch done = new CountDownLatch(SOCKETS);
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger peak = new AtomicInteger();

  @AfterEach
  void stop() throws InterruptedException {
    timer.shutdown();
    for (ExecutorService threads : started) {
      threads.shutdown();
      assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void tenThousandHandlersBlockAtOnceOnVirtualThreadsAndAPoolsWorthOfThemBefore()
      throws InterruptedException {
    assertThat(atOnce(OptionalInt.empty(), VIRTUAL ? SOCKETS : HandlerThreads.POOL_SIZE))
        .isEqualTo(VIRTUAL ? SOCKETS : 64);
  }

  @Test
  void aPoolThatIsAskedForHasItsSizeOnAnyJava() throws InterruptedException {
    assertThat(atOnce(OptionalInt.of(3), 3)).isEqualTo(3);
  }

  /** How many handlers ran at once, of which this many are waited for; then lets all end. */
  private int atOnce(OptionalInt size, int expected) throws InterruptedException {
    CountDownLatch blocked = new CountDownLatch(expected);
    ExecutorService threads = HandlerThreads.create("test", "handler", size, Deadlines.on(timer));
    started.add(threads);
    for (int i = 0; i < SOCKETS; i++) {
      new EventQueue(threads).dispatch(() -> block(blocked));
    }
    assertThat(blocked.await(60, TimeUnit.SECONDS)).isTrue();
    release.countDown();
    assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
    return peak.get();
  }

  private void block(CountDownLatch blocked) {
    int now = running.incrementAndGet();
    peak.accumulateAndGet(now, Math::max);
    blocked.countDown();
    try {
      release.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    running.decrementAndGet();
    done.countDown();
  }
}
