package io.starling.manager.pubsub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.manager.AckResponses;
import io.starling.manager.HostId;
import io.starling.manager.HostInfo;
import io.starling.manager.HostResponses;
import io.starling.manager.LocalServer;
import io.starling.manager.LocalSocket;
import io.starling.manager.ManagerListener;
import io.starling.manager.MissingHost;
import io.starling.manager.MissingHost.Reason;
import io.starling.manager.Operation;
import io.starling.manager.Question;
import io.starling.manager.Recipients;
import io.starling.manager.Rooms;
import io.starling.manager.Scope;
import io.starling.manager.SocketId;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.protocol.payload.EventPayload;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom a question waits for, and for how long; on one thread, with a clock that is set by hand. */
class QueriesTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final FakeManagerThread thread = new FakeManagerThread();
  private final FakeWire wire = new FakeWire(thread);
  private final FakeWire.End endA = wire.end();
  private final FakeWire.End endB = wire.end();
  private final ClusterClientManager hostA = manager(endA);
  private final ClusterClientManager hostB = manager(endB);
  private final Server serverB = new Server();
  private final List<String> skipped = new ArrayList<>();

  private ClusterClientManager manager(FakeWire.End end) {
    return new ClusterClientManager(end, PubSubSettings.DEFAULTS, thread);
  }

  @BeforeEach
  void start() {
    start(hostA, new Server());
    start(hostB, serverB);
    thread.advance(Duration.ofSeconds(2));
  }

  private void start(ClusterClientManager host, Server server) {
    host.start(server, new Skipped(), Runnable::run);
    thread.run();
  }

  private CompletableFuture<HostResponses<Integer>> count(ClusterClientManager host) {
    return countFor(host, MINUTE);
  }

  private CompletableFuture<HostResponses<Integer>> countFor(
      ClusterClientManager host, Duration timeout) {
    CompletableFuture<HostResponses<Integer>> asked =
        host.ask("/", new Question.Count(Recipients.ALL), Scope.CLUSTER, timeout)
            .toCompletableFuture();
    thread.run();
    return asked;
  }

  private CompletableFuture<HostResponses<EventPayload>> ask(Duration timeout) {
    CompletableFuture<HostResponses<EventPayload>> asked =
        hostA
            .ask(
                "/",
                new Question.ServerEventWithReply(
                    new Operation.ServerEvent(hostA.hostId(), payload("[\"ask\"]"))),
                Scope.CLUSTER,
                timeout)
            .toCompletableFuture();
    thread.run();
    return asked;
  }

  private static EventPayload payload(String json) {
    return new EventPayload(ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8)), List.of());
  }

  @Test
  void aHostThatHasListenedForASecondFixesWhomItAsksAtOnce() {
    assertThat(count(hostA)).isCompletedWithValueMatching(HostResponses::complete);
  }

  @Test
  void inTheFirstSecondAfterAStartAQueryWaitsForThatSecond() {
    ClusterClientManager late = manager(wire.end());
    start(late, new Server());
    thread.advance(Duration.ofMillis(400));

    CompletableFuture<HostResponses<Integer>> asked = count(late);
    thread.advance(Duration.ofMillis(599));
    assertThat(asked).isNotDone();
    thread.advance(Duration.ofMillis(1));

    assertThat(asked).isCompleted();
    assertThat(asked.join().answers())
        .containsOnlyKeys(hostA.hostId(), hostB.hostId(), late.hostId());
  }

  @Test
  void aHostThatIsHeardOfInThatSecondIsExpectedToo() {
    ClusterClientManager late = manager(wire.end());
    start(late, new Server());
    CompletableFuture<HostResponses<Integer>> asked = count(late);
    FakeWire.End end = wire.end();
    ClusterClientManager later = manager(end);
    start(later, new Server());
    end.kill();

    thread.advance(Duration.ofSeconds(2));
    assertThat(asked).isNotDone();
    thread.advance(Duration.ofSeconds(20));

    assertThat(asked.join().missing())
        .isEqualTo(Map.of(later.hostId(), new MissingHost(Reason.LEFT, 0, 0)));
  }

  @Test
  void afterAReconnectionAQueryWaitsForASecondAgain() {
    endA.lose(Direction.SUBSCRIBE);
    thread.run();
    endA.restore(Direction.SUBSCRIBE);
    thread.run();

    CompletableFuture<HostResponses<Integer>> asked = count(hostA);
    thread.advance(Duration.ofMillis(999));
    assertThat(asked).isNotDone();
    thread.advance(Duration.ofMillis(1));

    assertThat(asked).isCompletedWithValueMatching(HostResponses::complete);
  }

  @Test
  void anEmitThatWantsAcksWaitsForThatSecondToo() {
    ClusterClientManager late = manager(wire.end());
    start(late, new Server());

    CompletableFuture<AckResponses<EventPayload>> asked =
        late.ask(
                "/",
                new Question.EmitWithAck(new Operation.Emit(Recipients.ALL, payload("[1]"))),
                Scope.CLUSTER,
                MINUTE)
            .toCompletableFuture();
    thread.advance(Duration.ofMillis(999));
    assertThat(asked).isNotDone();
    thread.advance(Duration.ofMillis(1));

    assertThat(asked).isCompletedWithValueMatching(AckResponses::complete);
  }

  @Test
  void aHostThatDiesWhileItIsAskedCompletesItsPartThen() {
    endB.kill();
    CompletableFuture<HostResponses<Integer>> asked = count(hostA);

    thread.advance(Duration.ofSeconds(10));
    assertThat(asked).isNotDone();
    thread.advance(Duration.ofSeconds(6));

    assertThat(asked.join())
        .isEqualTo(
            new HostResponses<>(
                Map.of(hostA.hostId(), 0),
                Map.of(hostB.hostId(), new MissingHost(Reason.LEFT, 0, 0))));
  }

  @Test
  void aHostThatIsSilentIsListedWhenTimeIsUpAndNothingIsKept() {
    CompletableFuture<HostResponses<EventPayload>> asked = ask(Duration.ofSeconds(3));

    thread.advance(Duration.ofMillis(2_999));
    assertThat(asked).isNotDone();
    assertThat(hostA.statistics().pendingRequests()).isEqualTo(1);
    thread.advance(Duration.ofMillis(1));

    assertThat(asked.join().missing())
        .isEqualTo(Map.of(hostB.hostId(), new MissingHost(Reason.TIMED_OUT, 0, 0)));
    assertThat(hostA.statistics().pendingRequests()).isZero();
  }

  @Test
  void anAnswerThatComesTooLateChangesNothing() {
    CompletableFuture<HostResponses<EventPayload>> asked = ask(Duration.ofSeconds(3));
    thread.advance(Duration.ofSeconds(3));

    serverB.replies.get(0).answered(payload("[1]"));
    thread.run();

    assertThat(asked.join().answers()).isEmpty();
  }

  @Test
  void aSocketThatOneHostHasIsFoundWithoutTheOthers() {
    FakeWire.End silent = wire.end();
    start(manager(silent), new Server());
    silent.kill();
    serverB.rooms.connect(() -> new SocketId("s"), Set.of());

    CompletableFuture<Optional<HostId>> found =
        hostA
            .ask("/", new Question.Find(new SocketId("s")), Scope.CLUSTER, MINUTE)
            .toCompletableFuture();
    thread.run();

    assertThat(found).isCompletedWithValue(Optional.of(hostB.hostId()));
  }

  @Test
  void aQuestionThatIsOlderThanItsTimeOutAndWhatClocksMayDifferIsNotAnswered() {
    endB.delay(Duration.ofSeconds(14));
    CompletableFuture<HostResponses<EventPayload>> asked = ask(Duration.ofSeconds(3));

    thread.advance(Duration.ofSeconds(14));

    assertThat(asked).isCompleted();
    assertThat(serverB.replies).isEmpty();
    assertThat(skipped).singleElement().asString().startsWith("question: 14000 ms old");
  }

  @Test
  void aQuestionThatIsLateByNoMoreThanClocksMayDifferIsAnswered() {
    endB.delay(Duration.ofSeconds(12));
    CompletableFuture<HostResponses<EventPayload>> asked = ask(Duration.ofSeconds(3));

    thread.advance(Duration.ofSeconds(12));

    assertThat(asked).isCompleted();
    assertThat(serverB.replies).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {-36_000_000, -11_000, 11_000, 36_000_000})
  void hostsWhoseClocksDifferAnswerEachOther(long aheadMillis) {
    ClusterClientManager skewed =
        new ClusterClientManager(
            wire.end(), PubSubSettings.DEFAULTS, new SkewedThread(thread, aheadMillis));
    Server server = new Server();
    start(skewed, server);
    thread.advance(Duration.ofSeconds(2));

    assertThat(count(skewed)).isCompletedWithValueMatching(all -> all.answers().size() == 3);
    assertThat(count(hostA)).isCompletedWithValueMatching(all -> all.answers().size() == 3);
    CompletableFuture<HostResponses<EventPayload>> asked = ask(Duration.ofSeconds(3));
    assertThat(asked).isNotDone();
    assertThat(server.replies).hasSize(1);
    assertThat(skipped).isEmpty();
  }

  @Test
  void aQuestionOfAHostWhoseClockIsAheadIsStillTooLateWhenItWasOnItsWayForTooLong() {
    SkewedThread clock = new SkewedThread(thread, 36_000_000);
    ClusterClientManager skewed =
        new ClusterClientManager(wire.end(), PubSubSettings.DEFAULTS, clock);
    start(skewed, new Server());
    thread.advance(Duration.ofSeconds(2));
    endB.delay(Duration.ofSeconds(14));

    skewed.ask(
        "/",
        new Question.ServerEventWithReply(
            new Operation.ServerEvent(skewed.hostId(), payload("[\"ask\"]"))),
        Scope.CLUSTER,
        Duration.ofSeconds(3));
    thread.advance(Duration.ofSeconds(14));

    assertThat(serverB.replies).isEmpty();
    assertThat(skipped).singleElement().asString().startsWith("question: 14000 ms old");
  }

  @ParameterizedTest
  @ValueSource(longs = {-3_600_000, 3_600_000})
  void aClockThatIsSetStopsNoQuestionsForLongerThanAMinute(long byMillis) {
    SkewedThread clock = new SkewedThread(thread, 0);
    ClusterClientManager skewed =
        new ClusterClientManager(wire.end(), PubSubSettings.DEFAULTS, clock);
    start(skewed, new Server());
    thread.advance(Duration.ofMinutes(5));
    clock.set(byMillis);

    thread.advance(Duration.ofSeconds(75));

    assertThat(count(skewed)).isCompletedWithValueMatching(all -> all.answers().size() == 3);
  }

  @Test
  void aServerEventThatWantsNoReplyIsNeverTooLate() {
    endB.delay(Duration.ofMinutes(2));
    hostA.perform(
        "/", new Operation.ServerEvent(hostA.hostId(), payload("[\"tell\"]")), Scope.CLUSTER);

    thread.advance(Duration.ofMinutes(2));

    assertThat(serverB.events).isEqualTo(1);
  }

  @Test
  void aHostThatComesLateLearnsTheVersionAndAgeOfThoseBeforeIt() {
    thread.advance(Duration.ofMinutes(10));
    ClusterClientManager late = manager(wire.end());
    start(late, new Server());

    assertThat(late.hostInfos())
        .filteredOn(info -> !info.id().equals(late.hostId()))
        .hasSize(2)
        .allMatch(info -> info.release().startsWith("starling "))
        .extracting(HostInfo::age)
        .containsOnly(Duration.ofSeconds(602));
  }

  @Test
  void aCutOffHostNamesTheOthersAsUnreachable() {
    endA.freeze();
    thread.advance(Duration.ofSeconds(20));

    CompletableFuture<HostResponses<Integer>> counted = countFor(hostA, Duration.ofSeconds(5));
    CompletableFuture<AckResponses<EventPayload>> acked =
        hostA
            .ask(
                "/",
                new Question.EmitWithAck(new Operation.Emit(Recipients.ALL, payload("[1]"))),
                Scope.CLUSTER,
                Duration.ofSeconds(5))
            .toCompletableFuture();
    CompletableFuture<HostResponses<EventPayload>> asked = ask(Duration.ofSeconds(5));
    thread.advance(Duration.ofSeconds(5));

    MissingHost unreachable = new MissingHost(Reason.UNREACHABLE, 0, 0);
    assertThat(counted.join().missing()).isEqualTo(Map.of(hostB.hostId(), unreachable));
    assertThat(counted.join().answers()).containsOnlyKeys(hostA.hostId());
    assertThat(acked.join().missing()).isEqualTo(Map.of(hostB.hostId(), unreachable));
    assertThat(asked.join().missing()).isEqualTo(Map.of(hostB.hostId(), unreachable));
  }

  @Test
  void aCutOffHostThatKnowsNobodyNamesItself() {
    FakeWire.End end = new FakeWire(thread).end();
    ClusterClientManager lonely = manager(end);
    start(lonely, new Server());
    thread.advance(Duration.ofSeconds(2));
    assertThat(count(lonely)).isCompletedWithValueMatching(HostResponses::complete);
    end.freeze();
    thread.advance(Duration.ofSeconds(20));

    CompletableFuture<HostResponses<Integer>> counted = countFor(lonely, Duration.ofSeconds(5));
    CompletableFuture<AckResponses<EventPayload>> acked =
        lonely
            .ask(
                "/",
                new Question.EmitWithAck(new Operation.Emit(Recipients.ALL, payload("[1]"))),
                Scope.CLUSTER,
                Duration.ofSeconds(5))
            .toCompletableFuture();
    thread.advance(Duration.ofSeconds(5));

    MissingHost unreachable = new MissingHost(Reason.UNREACHABLE, 0, 0);
    assertThat(counted.join())
        .isEqualTo(
            new HostResponses<>(Map.of(lonely.hostId(), 0), Map.of(lonely.hostId(), unreachable)));
    assertThat(acked.join().missing()).isEqualTo(Map.of(lonely.hostId(), unreachable));
  }

  @Test
  void aCutOffHostDoesNotSayThatASocketIsNowhere() {
    endA.freeze();
    thread.advance(Duration.ofSeconds(20));

    CompletableFuture<Optional<HostId>> found =
        hostA
            .ask("/", new Question.Find(new SocketId("s")), Scope.CLUSTER, Duration.ofSeconds(5))
            .toCompletableFuture();
    thread.advance(Duration.ofSeconds(5));

    assertThat(found).isCompletedExceptionally();
    assertThatThrownBy(found::join).hasMessageContaining(hostB.hostId().value());
  }

  @Test
  void aQuestionThatTheBrokerNeverTookNamesTheHostsThatItWasFor() {
    endA.refuse(new IllegalStateException("NOPERM"));
    CompletableFuture<HostResponses<Integer>> counted = countFor(hostA, MINUTE);

    thread.advance(Duration.ofSeconds(31));

    assertThat(counted.join().missing())
        .isEqualTo(Map.of(hostB.hostId(), new MissingHost(Reason.UNREACHABLE, 0, 0)));
  }

  @Test
  void aQuestionOfACutOffHostIsAnsweredWhenTheBrokerIsBackInTime() {
    FakeWire.End end = endA;
    end.refuse(new IllegalStateException("NOPERM"));
    thread.advance(Duration.ofSeconds(20));
    CompletableFuture<HostResponses<Integer>> counted = countFor(hostA, Duration.ofSeconds(20));
    thread.advance(Duration.ofSeconds(3));
    assertThat(counted).isNotDone();

    end.refuse(null);
    thread.advance(Duration.ofSeconds(5));

    assertThat(counted).isCompletedWithValueMatching(HostResponses::complete);
  }

  @Test
  void allPartsOfAnAnswerComeThoughTheAnsweringHostRunsNoCallbacks() {
    ClusterClientManager large = manager(wire.end());
    Server server = new Server();
    large.start(server, ManagerListener.NONE, task -> {});
    for (int i = 0; i < 1_000; i++) {
      SocketId id = new SocketId("s".repeat(800) + i);
      server.rooms.connect(() -> id, Set.of());
    }
    thread.advance(Duration.ofSeconds(2));

    var asked =
        hostA
            .ask(
                "/",
                new Question.FetchSockets(Recipients.ALL, Set.of()),
                Scope.CLUSTER,
                Duration.ofSeconds(5))
            .toCompletableFuture();
    thread.run();

    assertThat(asked).isCompletedWithValueMatching(HostResponses::complete);
    assertThat(asked.join().answers().get(large.hostId())).hasSize(1_000);
  }

  /** What was not answered, and why. */
  private final class Skipped implements ManagerListener {
    @Override
    public void messageSkipped(HostId origin, String fault) {
      skipped.add(fault);
    }
  }

  /** The same thread on a machine whose clock is set otherwise. */
  private static final class SkewedThread implements ManagerThread {
    private final ManagerThread thread;
    private long aheadMillis;

    SkewedThread(ManagerThread thread, long aheadMillis) {
      this.thread = thread;
      this.aheadMillis = aheadMillis;
    }

    void set(long aheadMillis) {
      this.aheadMillis = aheadMillis;
    }

    @Override
    public void execute(Runnable task) {
      thread.execute(task);
    }

    @Override
    public long nanoTime() {
      return thread.nanoTime();
    }

    @Override
    public long currentTimeMillis() {
      return thread.currentTimeMillis() + aheadMillis;
    }

    @Override
    public Cancellable schedule(Duration delay, Runnable task) {
      return thread.schedule(delay, task);
    }

    @Override
    public void shutdown() {}
  }

  /** A server that keeps the events of others. */
  private static final class Server implements LocalServer {
    private final List<ServerReply> replies = new ArrayList<>();
    private final Rooms rooms = new Rooms();
    private int events;

    @Override
    public Rooms rooms(String namespace) {
      return rooms;
    }

    @Override
    public void serverEvent(
        String namespace, HostId origin, EventPayload event, @Nullable ServerReply reply) {
      events++;
      if (reply != null) {
        replies.add(reply);
      }
    }

    @Override
    public void send(
        String namespace, Iterable<? extends LocalSocket> recipients, Operation.Emit emit) {}

    @Override
    public int sendExpectingAck(
        String namespace,
        Iterable<? extends LocalSocket> recipients,
        Operation.Emit emit,
        Duration timeout,
        AckCollector collector) {
      return 0;
    }

    @Override
    public void disconnect(
        String namespace, Iterable<? extends LocalSocket> recipients, boolean closeTransport) {}
  }
}
