package io.starling.manager.pubsub;

import static io.starling.manager.pubsub.FakeSockets.payload;
import static org.assertj.core.api.Assertions.assertThat;

import io.starling.manager.Accepted;
import io.starling.manager.BackendState;
import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import io.starling.manager.Operation;
import io.starling.manager.Outage;
import io.starling.manager.Recipients;
import io.starling.manager.Scope;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The start and the end of an emitter, on one thread, with a clock that is set by hand. */
class PubSubPublisherTest {
  private final FakeManagerThread thread = new FakeManagerThread();
  private final FakeWire.End end = new FakeWire(thread).end();
  private final List<String> events = new ArrayList<>();

  private final class Recording implements ManagerListener {
    @Override
    public void stateChanged(BackendState state, @Nullable Throwable cause) {
      events.add(state.name());
    }

    @Override
    public void outageOver(Outage outage) {
      events.add("outage");
    }

    @Override
    public void operationsRefused(long count) {
      events.add("refused " + count);
    }

    @Override
    public void operationsUnreceived(long count) {
      events.add("unreceived " + count);
    }
  }

  private PubSubPublisher emitter(PubSubSettings settings) {
    return new PubSubPublisher(
        new BusContext(
            new HostId("emitter"), settings, end, thread, new Recording(), Runnable::run),
        0);
  }

  private static PubSubSettings keepTrying() {
    PubSubSettings settings = PubSubSettings.DEFAULTS;
    return new PubSubSettings(
        settings.prefix(), settings.outboxBytes(), settings.outboxAge(), true, settings.secrets());
  }

  private void start(PubSubPublisher emitter) {
    var unused = emitter.start();
    thread.run();
  }

  private static CompletableFuture<Accepted> emit(PubSubPublisher emitter) {
    return emit(emitter, "[1]");
  }

  private static CompletableFuture<Accepted> emit(PubSubPublisher emitter, String event) {
    return emitter
        .perform("/", new Operation.Emit(Recipients.ALL, payload(event)), Scope.CLUSTER)
        .toCompletableFuture();
  }

  /** Lets the publisher thread, which is this one, work until a blocking call has returned. */
  private void await(Runnable blocking) {
    CompletableFuture<Void> returned = CompletableFuture.runAsync(blocking);
    while (!returned.isDone()) {
      thread.advance(Duration.ofMillis(5));
      Thread.onSpinWait();
    }
    returned.join();
  }

  @Test
  void whatNobodyReceivedIsReportedByAnEmitterThatClosesAtOnce() {
    PubSubPublisher emitter = emitter(PubSubSettings.DEFAULTS);
    start(emitter);
    var unused = emit(emitter);

    await(emitter::close);

    assertThat(events).contains("unreceived 1");
  }

  @Test
  void whatNobodyReceivedSinceTheLastReportIsReportedAtTheClose() {
    PubSubPublisher emitter = emitter(PubSubSettings.DEFAULTS);
    start(emitter);
    var unused = emit(emitter);
    thread.advance(Duration.ofSeconds(1));
    var unusedToo = emit(emitter);

    await(emitter::close);

    assertThat(events)
        .containsOnlyOnce("CLOSED")
        .containsSubsequence("unreceived 1", "unreceived 1");
  }

  @Test
  void aStartWithKeepTryingReportsNoOutage() {
    PubSubPublisher emitter = emitter(keepTrying());
    emitter.withReplies();
    start(emitter);

    end.restore(Direction.SUBSCRIBE);
    thread.run();
    end.restore(Direction.PUBLISH);
    thread.advance(Duration.ofMinutes(1));

    assertThat(events).containsExactly("UP");
  }

  @Test
  void aConnectionThatIsLostBeforeTheEndOfTheStartCountsAsLost() {
    CompletableFuture<Void> subscribed = new CompletableFuture<>();
    end.answerSubscriptions(subscribed);
    PubSubPublisher emitter = emitter(PubSubSettings.DEFAULTS);
    emitter.withReplies();
    start(emitter);
    end.lose(Direction.PUBLISH);
    subscribed.complete(null);
    CompletableFuture<Accepted> emitted = emit(emitter);
    thread.run();

    assertThat(emitted).isNotDone();
    assertThat(emitter.statistics().state()).isEqualTo(BackendState.DOWN);
    end.restore(Direction.PUBLISH);
    thread.run();

    assertThat(emitted).isCompleted();
    assertThat(events).endsWith("UP");
  }

  @Test
  void aFlushEndsWhenTheEmitterIsClosed() throws Exception {
    PubSubPublisher emitter = emitter(PubSubSettings.DEFAULTS);
    end.freeze();
    start(emitter);
    CompletableFuture<Accepted> emitted = emit(emitter);
    thread.run();
    CompletableFuture<Void> flushed =
        CompletableFuture.runAsync(() -> emitter.flush(Duration.ofMinutes(1)));
    while (thread.waiting() == 0) {
      Thread.onSpinWait();
    }

    CompletableFuture<Void> abandoned = CompletableFuture.runAsync(emitter::abandon);
    while (!emitted.isDone()) {
      thread.run();
    }

    assertThat(abandoned).succeedsWithin(Duration.ofSeconds(10));
    assertThat(flushed).succeedsWithin(Duration.ofSeconds(10));
  }

  @Test
  void anEmitThatIsRefusedTakesNoNumber() {
    PubSubSettings defaults = PubSubSettings.DEFAULTS;
    PubSubPublisher emitter =
        emitter(
            new PubSubSettings(
                defaults.prefix(),
                FrameCodec.MAX_FRAME_BYTES,
                defaults.outboxAge(),
                false,
                defaults.secrets()));
    String large = "[\"" + "x".repeat(FrameCodec.MAX_FRAME_BYTES * 2 / 3) + "\"]";
    assertThat(emit(emitter, large)).isNotDone();
    assertThat(emit(emitter, large)).isCompletedExceptionally();
    start(emitter);

    assertThat(emit(emitter)).isNotDone();
    thread.run();

    assertThat(end.sent())
        .filteredOn(PubSubMessage.Perform.class::isInstance)
        .extracting(sent -> ((PubSubMessage.Perform) sent).number())
        .containsExactly(1L, 2L);
  }
}
