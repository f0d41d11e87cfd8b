package io.starling.socketio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.nio.NioIoHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NettyLoopTest {
  private static final int TASKS = 100;

  private final MultiThreadIoEventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final SingleThreadEventLoop netty = (SingleThreadEventLoop) group.next();
  private final NettyLoop loop = new NettyLoop(netty);
  private final List<String> ran = new ArrayList<>();
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
