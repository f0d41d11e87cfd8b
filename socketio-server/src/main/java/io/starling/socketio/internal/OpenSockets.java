package io.starling.socketio.internal;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Counts the sockets whose handlers may still run, so that a server can wait for their end. */
final class OpenSockets {
  private final AtomicInteger count = new AtomicInteger();
  private volatile @Nullable CountDownLatch waiting;

  void began() {
    count.incrementAndGet();
  }

  void ended() {
    if (count.decrementAndGet() == 0) {
      // Read afterwards: who begins to wait sets it before it looks at the count.
      CountDownLatch latch = waiting;
      if (latch != null) {
        latch.countDown();
      }
    }
  }

  /** Blocks until there is none; call it once, when no more can begin. */
  void awaitNone(Duration timeout) throws InterruptedException {
    CountDownLatch latch = new CountDownLatch(1);
    waiting = latch;
    if (count.get() > 0 && !latch.await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
      waiting = null;
    }
  }
}
