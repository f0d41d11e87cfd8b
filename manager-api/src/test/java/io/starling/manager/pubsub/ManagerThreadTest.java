package io.starling.manager.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ManagerThreadTest {
  private final ManagerThread thread = ManagerThread.start("manager-thread-test");

  @AfterEach
  void end() {
    thread.shutdown();
  }

  @Test
  void aTaskThatThrowsAnErrorDoesNotEndTheThread() throws InterruptedException {
    CountDownLatch later = new CountDownLatch(2);
    thread.execute(
        () -> {
          throw new AssertionError("task");
        });
    thread.schedule(
        Duration.ZERO,
        () -> {
          throw new AssertionError("timer");
        });

    thread.execute(later::countDown);
    thread.schedule(Duration.ofMillis(1), later::countDown);

    assertThat(later.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aDelayBeyondTheRangeOfNanosecondsIsWaitedForAsLongAsATimerCan() {
    ManagerThread.Cancellable timer = thread.schedule(Duration.ofSeconds(Long.MAX_VALUE), () -> {});

    timer.cancel();
  }

  @Test
  void theWallClockOfAThreadFollowsItsNanoTime() {
    long beforeMillis = thread.currentTimeMillis();
    long beforeNanos = thread.nanoTime();

    long nanos = thread.nanoTime() - beforeNanos;
    long millis = thread.currentTimeMillis() - beforeMillis;

    assertThat(millis).isGreaterThanOrEqualTo(TimeUnit.NANOSECONDS.toMillis(nanos));
    assertThat(Math.abs(beforeMillis - System.currentTimeMillis())).isLessThan(60_000);
  }
}
