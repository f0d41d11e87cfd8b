package io.starling.socketio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadEventLoop;
import io.starling.socketio.transport.IoKind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NettyLoopTest {
  private static final int TASKS = 100;

  private final MultiThreadIoEventLoopGroup group =
      NativeIo.loops(IoKind.NIO, 1, Executors.defaultThreadFactory());
  private final SingleThreadEventLoop netty = (SingleThreadEventLoop) group.next();
  private final NettyLoop loop = new NettyLoop(netty);
  private final List<String> ran = new ArrayList<>();
  private final AtomicInteger worked = new AtomicInteger();
  private final CountDownLatch done = new CountDownLatch(1);

  @AfterEach
  void shutDown() {
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }

  @Test
  void whatRunsAfterATurnRunsInOrder() throws InterruptedException {
    loop.execute(
        () -> {
          for (int i = 0; i < TASKS; i++) {
            String name = "end " + i;
            loop.afterTurn(() -> ran.add(name));
          }
          loop.afterTurn(done::countDown);
        });
    awaitDone();

    assertThat(ran).hasSize(TASKS).startsWith("end 0", "end 1").endsWith("end 99");
  }

  @Test
  void aTaskThatComesWhileATurnEndsNeedNotWaitForTheRestOfIt() throws InterruptedException {
    loop.execute(
        () -> {
          loop.afterTurn(() -> loop.execute(() -> ran.add("message")));
          for (int i = 0; i < TASKS; i++) {
            loop.afterTurn(() -> ran.add("end"));
          }
          loop.afterTurn(done::countDown);
        });
    awaitDone();

    assertThat(ran).hasSize(TASKS + 1).endsWith("end");
  }

  @Test
  void aTaskThatFailsAfterATurnDoesNotStopTheOthers() throws InterruptedException {
    loop.execute(
        () -> {
          loop.afterTurn(
              () -> {
                throw new IllegalStateException("expected by the test");
              });
          loop.afterTurn(done::countDown);
        });

    awaitDone();
  }

  @Test
  void theLastInATurnComesBehindWhatItsTasksHandOver() throws InterruptedException {
    loop.execute(
        () -> {
          loop.lastInTurn(() -> ran.add("last"));
          loop.lastInTurn(done::countDown);
          loop.execute(() -> loop.execute(() -> ran.add("task")));
          loop.afterTurn(() -> ran.add("end"));
        });
    awaitDone();

    assertThat(ran).containsExactly("end", "task", "last");
  }

  @Test
  void theLastInATurnDoesNotWaitForAllOfAnOverloadedLoop() throws InterruptedException {
    int flushes = 20_000;
    loop.execute(
        () -> {
          for (int i = 0; i < flushes; i++) {
            loop.afterTurn(this::workForFiftyMicroseconds);
          }
          loop.lastInTurn(done::countDown);
        });
    awaitDone();

    assertThat(worked.get()).isBetween(1, flushes / 2);
  }

  private void workForFiftyMicroseconds() {
    long endNanos = System.nanoTime() + 50_000;
    while (done.getCount() > 0 && System.nanoTime() < endNanos) {
      Thread.onSpinWait();
    }
    if (done.getCount() > 0) {
      worked.incrementAndGet();
    }
  }

  @Test
  void theLastInATurnDoesNotMakeTheLoopBusy() throws InterruptedException {
    loop.execute(
        () -> {
          loop.lastInTurn(done::countDown);
          ran.add("busy " + loop.busy());
        });
    awaitDone();

    assertThat(ran).containsExactly("busy false");
  }

  @Test
  void oneThatFailsLastInATurnDoesNotStopTheOthers() throws InterruptedException {
    loop.execute(
        () -> {
          loop.lastInTurn(
              () -> {
                throw new IllegalStateException("expected by the test");
              });
          loop.lastInTurn(done::countDown);
        });

    awaitDone();
  }

  @Test
  void aLoopThatHasEndedRunsAtOnceWhatWouldBeLastInATurn() {
    shutDown();

    loop.lastInTurn(() -> loop.lastInTurn(() -> ran.add("last")));

    assertThat(ran).containsExactly("last");
  }

  private void awaitDone() throws InterruptedException {
    assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
  }
}
