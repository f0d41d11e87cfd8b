package io.starling.manager.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.manager.BusCount;
import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import io.starling.manager.pubsub.FrameCodec.Header;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One origin whose frames come on several threads. */
@Timeout(60)
class OriginStreamThreadsTest {
  private static final HostId ORIGIN = new HostId("origin");

  private final FakeManagerThread thread = new FakeManagerThread();
  private final ExecutorService threads = Executors.newFixedThreadPool(3);
  private final List<Long> delivered = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch stuck = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);

  private Runnable onDelivery = () -> {};

  /** At this number a delivery stays until it may go on. */
  private volatile long stuckAt = -1;

  private final OriginRegistry origins =
      new Deliveries(
          new BusContext(
              new HostId("self"),
              PubSubSettings.DEFAULTS,
              new RecordingBackend(),
              thread,
              ManagerListener.NONE,
              Runnable::run));

  @AfterEach
  void end() throws InterruptedException {
    goOn.countDown();
    threads.shutdown();
    assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
  }

  private void receive(long seq) {
    origins.stream(ORIGIN).receive(header(seq), messages(seq), false);
  }

  private void repeat(long seq) {
    origins.stream(ORIGIN).receive(header(seq), messages(seq), true);
  }

  private static Header header(long seq) {
    return new Header(ORIGIN, "c", seq, 1, 0);
  }

  private static List<ByteBuffer> messages(long seq) {
    return List.of(ByteBuffer.allocate(8).putLong(seq).flip());
  }

  private Future<?> stickAt(long seq, Runnable frame) throws InterruptedException {
    stuckAt = seq;
    Future<?> delivering = threads.submit(frame);
    assertThat(stuck.await(10, TimeUnit.SECONDS)).isTrue();
    return delivering;
  }

  @Test
  void whileADeliveryIsStuckAnotherThreadOnlyAddsItsFrame() throws Exception {
    Future<?> delivering = stickAt(1, () -> receive(1));

    ByteBuffer brokers = ByteBuffer.allocate(8).putLong(2).flip();
    origins.stream(ORIGIN).receive(header(2), List.of(brokers), false);
    brokers.putLong(0, 99);
    receive(3);
    assertThat(delivered).isEmpty();

    goOn.countDown();
    delivering.get();
    assertThat(delivered).containsExactly(1L, 2L, 3L);
  }

  @Test
  void whileARepairIsStuckTheNextFramesAndTheClockGoOn() throws Exception {
    receive(1);
    receive(3);
    Future<?> delivering = stickAt(2, () -> repeat(2));

    receive(4);
    receive(6);
    thread.advance(OriginStream.PATIENCE.plusSeconds(1));
    assertThat(delivered).containsExactly(1L);

    goOn.countDown();
    delivering.get();
    assertThat(delivered).containsExactly(1L, 2L, 3L, 4L, 6L);
  }

  @Test
  void whatTheClockGivesUpOnIsDeliveredOneFrameInATurn() {
    receive(1);
    receive(3);
    receive(5);
    List<Integer> seen = new ArrayList<>();
    onDelivery = () -> thread.execute(() -> seen.add(delivered.size()));

    thread.advance(OriginStream.PATIENCE);

    assertThat(delivered).containsExactly(1L, 3L, 5L);
    assertThat(seen).as("another task had its turn before the last frame").containsExactly(2, 3);
  }

  @Test
  void moreThanSixteenMebibytesBehindAStuckDeliveryAreAskedForAgain() throws Exception {
    Future<?> delivering = stickAt(1, () -> receive(1));
    for (int i = 0; i < 20; i++) {
      ByteBuffer large = ByteBuffer.allocate(1 << 20).putLong(0, 2 + i);
      origins.stream(ORIGIN).receive(header(2 + i), List.of(large), false);
    }
    goOn.countDown();
    delivering.get();
    assertThat(delivered).hasSize(17).last().isEqualTo(17L);

    for (long seq = 18; seq <= 21; seq++) {
      repeat(seq);
    }

    assertThat(delivered).hasSize(21).last().isEqualTo(21L);
  }

  @Test
  void aRepairForWhichThereIsNoMemoryCountsWhenItIsDelivered() throws Exception {
    Future<?> delivering = stickAt(1, () -> receive(1));
    for (int i = 0; i < 20; i++) {
      ByteBuffer large = ByteBuffer.allocate(1 << 20).putLong(0, 2 + i);
      origins.stream(ORIGIN).receive(header(2 + i), List.of(large), false);
    }
    ByteBuffer large = ByteBuffer.allocate(1 << 20).putLong(0, 18);
    origins.stream(ORIGIN).receive(header(18), List.of(large), true);
    goOn.countDown();
    delivering.get();
    assertThat(delivered).hasSize(17);

    repeat(18);

    assertThat(delivered).last().isEqualTo(18L);
    assertThat(origins.context.events().counts().sum(BusCount.REPAIRED)).isEqualTo(1);
  }

  @Test
  void threeThreadsDeliverEachMessageOnceAndInOrder() throws Exception {
    int frames = 20_000;
    for (int seed = 0; seed < 5; seed++) {
      delivered.clear();
      HostId origin = new HostId("origin-" + seed);
      origins.stream(origin).receive(new Header(origin, "c", 1, 1, 0), messages(1), false);
      Random random = new Random(seed);
      boolean[] lost = new boolean[frames + 1];
      for (int i = 2; i < frames; i++) {
        lost[i] = random.nextInt(4) == 0;
      }
      List<Future<?>> done =
          List.of(
              threads.submit(
                  () -> {
                    for (int i = 2; i <= frames; i++) {
                      if (!lost[i]) {
                        origins.stream(origin)
                            .receive(new Header(origin, "c", i, 1, 0), messages(i), false);
                      }
                    }
                  }),
              threads.submit(() -> repeatAll(origin, lost)),
              threads.submit(() -> repeatAll(origin, lost)));
      for (Future<?> each : done) {
        each.get();
      }
      repeatAll(origin, lost);

      assertThat(delivered).isEqualTo(LongStream.rangeClosed(1, frames).boxed().toList());
    }
  }

  private void repeatAll(HostId origin, boolean[] lost) {
    for (int i = 2; i < lost.length; i++) {
      if (lost[i]) {
        origins.stream(origin).receive(new Header(origin, "c", i, 1, 0), messages(i), true);
      }
    }
  }

  private final class Deliveries extends OriginRegistry {
    Deliveries(BusContext context) {
      super(context);
    }

    @Override
    void deliver(Header header, List<ByteBuffer> messages) {
      for (ByteBuffer message : messages) {
        if (header.firstSeq() == stuckAt) {
          stuck.countDown();
          awaitGoOn();
        }
        delivered.add(message.getLong(0));
        onDelivery.run();
      }
    }

    private void awaitGoOn() {
      try {
        assertThat(goOn.await(30, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    boolean canRepeat(HostId origin) {
      return true;
    }

    @Override
    boolean hears() {
      return true;
    }

    @Override
    boolean returning() {
      return false;
    }

    @Override
    void askAgain(HostId origin, long from, long to) {}
  }
}
