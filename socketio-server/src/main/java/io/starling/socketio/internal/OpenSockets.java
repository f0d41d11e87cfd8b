package io.starling.socketio.internal;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Counts the sockets whose handlers may still run, so that a server that closes can wait until all
 * handlers have run. Safe for any thread.
 */
final class OpenSockets {
  private final AtomicInteger count = new AtomicInteger();
  private volatile @Nullable CountDownLatch waiting;

  void began() {
    count.incrementAndGet();
  }

  void ended() {
    if (count.decrementAndGet() == 0) {
      // Read the latch only after changing the count. awaitNone() sets the latch before it reads
      // the count, so at least one of the two threads sees the other's change.
      CountDownLatch latch = waiting;
      if (latch != null) {
        latch.countDown();
      }
    }
  }

  /**
   * Blocks until the count is 0 or the timeout has passed. Call it once, when no socket can begin
   * any more.
   */
  void awaitNone(Duration timeout) throws InterruptedException {
    CountDownLatch latch = new CountDownLatch(1);
    waiting = latch;
    if (count.get() > 0 && !latch.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
      waiting = null;
    }
  }
}
