package io.starling.integration.contract;

import static io.starling.integration.contract.TestHost.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.manager.HostId;
import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubBackend.Capability;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubSettings;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * The tests that every broker back end must pass. {@code Bn} in the name of a test is the number of
 * a rule in docs/writing-a-backend.md.
 */
public abstract class PubSubBackendContract {
  private static final int MANY = 500;

  /** The length of the longest frame of the bus, in bytes. */
  private static final int LONGEST = 1_040_000;

  private final PubSubSettings settings =
      PubSubSettings.DEFAULTS.withPrefix(HostId.random().value());
  private final List<PubSubBackend> open = new ArrayList<>();

  /** Creates a back end that is not started. All back ends of one test must use the same broker. */
  protected abstract PubSubBackend createBackend();

  @BeforeEach
  void setUp() {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(20));
  }

  @AfterEach
  void closeAll() {
    open.forEach(backend -> backend.close(Duration.ofSeconds(5)));
  }

  private PubSubBackend start(Frames frames) {
    return start(frames, EnumSet.allOf(Direction.class));
  }

  private PubSubBackend start(Frames frames, Set<Direction> directions) {
    PubSubBackend backend = createBackend();
    open.add(backend);
    await(backend.start(directions, settings, frames));
    return backend;
  }

  private String channel(String name) {
    return settings.prefix() + ":" + name;
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<String> numbers(String channel, int count) {
    return IntStream.range(0, count).mapToObj(i -> channel + " " + i).toList();
  }

  @IndependentTest
  void B1_framesReachEverySubscriberOnceAndInTheirOrder() {
    Frames one = new Frames();
    Frames other = new Frames();
    PubSubBackend publisher = start(new Frames());
    await(start(one).subscribe(channel("all")));
    await(start(other).subscribe(channel("all")));

    for (int i = 0; i < MANY; i++) {
      var unused = publisher.publish(channel("all"), bytes(Integer.toString(i)));
    }

    Awaitility.await().until(() -> one.count() >= MANY && other.count() >= MANY);
    assertThat(one.received()).isEqualTo(numbers(channel("all"), MANY));
    assertThat(other.received()).isEqualTo(numbers(channel("all"), MANY));
  }

  @IndependentTest
  void B2_aSubscriptionIsInForceWhenItsStageCompletesForTheSubscriberItselfToo() {
    Frames frames = new Frames();
    PubSubBackend backend = start(frames);

    await(backend.subscribe(channel("mine")));
    await(backend.publish(channel("mine"), bytes("hello")));

    Awaitility.await().until(() -> frames.received().contains(channel("mine") + " hello"));
  }

  @IndependentTest
  void B3_onlyWhatWasSubscribedToIsHeardAndNothingAfterTheUnsubscription() {
    Frames frames = new Frames();
    PubSubBackend backend = start(frames);
    await(backend.subscribe(channel("a")));
    await(backend.subscribe(channel("b")));

    await(backend.publish(channel("other"), bytes("1")));
    await(backend.publish(channel("a"), bytes("2")));
    Awaitility.await().until(() -> frames.count() == 1);
    await(backend.unsubscribe(channel("a")));
    await(backend.publish(channel("a"), bytes("3")));
    await(backend.publish(channel("b"), bytes("4")));

    Awaitility.await().until(() -> frames.count() >= 2);
    assertThat(frames.received()).containsExactly(channel("a") + " 2", channel("b") + " 4");
  }

  @IndependentTest
  void B4_anyBytesOfAnyLengthArriveWhole() {
    Frames frames = new Frames();
    PubSubBackend backend = start(frames);
    await(backend.subscribe(channel("all")));
    byte[] longest = new byte[LONGEST];
    for (int i = 0; i < longest.length; i++) {
      longest[i] = (byte) i;
    }

    await(backend.publish(channel("all"), ByteBuffer.wrap(longest)));
    await(backend.publish(channel("all"), ByteBuffer.wrap(new byte[] {0})));

    Awaitility.await().until(() -> frames.count() >= 2);
    assertThat(frames.raw(0)).isEqualTo(longest);
    assertThat(frames.raw(1)).isEqualTo(new byte[] {0});
  }

  @IndependentTest
  void B5_aFrameIsReadWithinItsBoundsAndLeftAsItIs() {
    Frames frames = new Frames();
    PubSubBackend backend = start(frames);
    await(backend.subscribe(channel("all")));
    ByteBuffer part = bytes("..frame..").slice(2, 5);
    ByteBuffer given = part.duplicate();

    await(backend.publish(channel("all"), given));

    Awaitility.await().until(() -> frames.received().contains(channel("all") + " frame"));
    assertThat(part).isEqualTo(bytes("frame"));
  }

  @IndependentTest
  void B6_theStageTellsTheReceiversWhereTheBrokerDoes() {
    PubSubBackend backend = start(new Frames());
    await(start(new Frames()).subscribe(channel("all")));
    await(backend.subscribe(channel("all")));

    int receivers = await(backend.publish(channel("all"), bytes("x")));

    assertThat(receivers)
        .isEqualTo(backend.capabilities().contains(Capability.COUNTS_RECEIVERS) ? 2 : -1);
  }

  @IndependentTest
  void B7_whoIsPausedLosesNothing() {
    Frames frames = new Frames();
    PubSubBackend publisher = start(new Frames());
    PubSubBackend paused = start(frames);
    await(paused.subscribe(channel("all")));

    paused.pause();
    for (int i = 0; i < MANY; i++) {
      await(publisher.publish(channel("all"), bytes(Integer.toString(i))));
    }
    paused.resume();

    Awaitility.await().until(() -> frames.count() >= MANY);
    assertThat(frames.received()).isEqualTo(numbers(channel("all"), MANY));
  }

  @IndependentTest
  void B8_whatOnlyPublishesNeedsNoSubscription() {
    Frames frames = new Frames();
    await(start(frames).subscribe(channel("all")));
    PubSubBackend publisher = start(new Frames(), EnumSet.of(Direction.PUBLISH));

    await(publisher.publish(channel("all"), bytes("hello")));

    Awaitility.await().until(() -> frames.count() == 1);
  }

  @IndependentTest
  void B9_aClosedBackEndHearsNothingRefusesAndClosesAgain() {
    Frames frames = new Frames();
    PubSubBackend publisher = start(new Frames());
    PubSubBackend closed = start(frames);
    await(closed.subscribe(channel("all")));

    closed.close(Duration.ofSeconds(5));
    closed.close(Duration.ofSeconds(5));
    await(publisher.publish(channel("all"), bytes("late")));

    assertThat(frames.received()).isEmpty();
    assertThatThrownBy(() -> await(closed.publish(channel("all"), bytes("x"))))
        .isInstanceOf(Exception.class);
  }

  @IndependentTest
  void B10_everyStageEndsAlthoughTheBackEndIsClosedMeanwhile() {
    PubSubBackend closed = start(new Frames());
    Queue<CompletableFuture<?>> stages = new ConcurrentLinkedQueue<>();
    CompletableFuture<Void> user =
        CompletableFuture.runAsync(() -> useUntilRefused(closed, stages));
    Awaitility.await().until(() -> stages.size() >= MANY);

    closed.close(Duration.ofSeconds(5));
    await(user);

    for (CompletableFuture<?> stage : stages) {
      assertThat(stage.handle((done, failure) -> "ended")).succeedsWithin(Duration.ofSeconds(20));
    }
  }

  private void useUntilRefused(PubSubBackend backend, Queue<CompletableFuture<?>> stages) {
    int refused = 0;
    for (int i = 0; refused < MANY; i++) {
      String number = Integer.toString(i);
      CompletableFuture<Integer> published =
          backend.publish(channel("all"), bytes(number)).toCompletableFuture();
      stages.add(published);
      stages.add(backend.subscribe(channel(number)).toCompletableFuture());
      stages.add(backend.unsubscribe(channel(number)).toCompletableFuture());
      refused += published.isCompletedExceptionally() ? 1 : 0;
    }
  }

  /** Records the frames that a back end delivers. */
  private static final class Frames implements PubSubBackend.Listener {
    private final List<String> received = Collections.synchronizedList(new ArrayList<>());
    private final List<byte[]> raw = Collections.synchronizedList(new ArrayList<>());

    List<String> received() {
      synchronized (received) {
        return List.copyOf(received);
      }
    }

    int count() {
      return received.size();
    }

    byte[] raw(int index) {
      byte[] bytes = raw.get(index);
      return Arrays.copyOf(bytes, bytes.length);
    }

    @Override
    public void frame(String channel, ByteBuffer frame) {
      byte[] bytes = new byte[frame.remaining()];
      frame.duplicate().get(bytes);
      raw.add(bytes);
      received.add(channel + " " + StandardCharsets.UTF_8.decode(frame.duplicate()));
    }

    @Override
    public void connectionLost(Direction direction, @Nullable Throwable cause) {}

    @Override
    public void connectionRestored(Direction direction) {}
  }
}
