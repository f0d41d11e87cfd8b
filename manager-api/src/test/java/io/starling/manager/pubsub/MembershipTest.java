package io.starling.manager.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.manager.AckResponses;
import io.starling.manager.BackendState;
import io.starling.manager.HostId;
import io.starling.manager.LocalServer;
import io.starling.manager.LocalSocket;
import io.starling.manager.ManagerListener;
import io.starling.manager.MissingHost.Reason;
import io.starling.manager.Operation;
import io.starling.manager.Outage;
import io.starling.manager.Question;
import io.starling.manager.Recipients;
import io.starling.manager.Rooms;
import io.starling.manager.Scope;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubMessage.Heartbeat;
import io.starling.manager.pubsub.PubSubMessage.Hello;
import io.starling.protocol.payload.EventPayload;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two hosts on one thread, with a clock that is set by hand. */
class MembershipTest {
  private final FakeManagerThread thread = new FakeManagerThread();
  private final FakeWire wire = new FakeWire(thread);
  private final FakeWire.End endA = wire.end();
  private final FakeWire.End endB = wire.end();
  private final ClusterClientManager hostA = manager(endA);
  private final ClusterClientManager hostB = manager(endB);
  private final List<String> events = new ArrayList<>();
  private final List<String> reasons = new ArrayList<>();
  private final List<Outage> outages = new ArrayList<>();
  private @Nullable Error failing;
  private long backlogBytes;

  private ClusterClientManager manager(FakeWire.End end) {
    return new ClusterClientManager(end, PubSubSettings.DEFAULTS, thread);
  }

  @BeforeEach
  void start() {
    CompletableFuture<Void> startedA = start(hostA);
    CompletableFuture<Void> startedB = start(hostB);
    thread.run();
    assertThat(startedA).isCompleted();
    assertThat(startedB).isCompleted();
  }

  private CompletableFuture<Void> start(ClusterClientManager host) {
    return host.start(new NoSockets(), new Events(), Runnable::run).toCompletableFuture();
  }

  private List<String> states() {
    return events.stream().filter(event -> !event.contains(" ")).toList();
  }

  @Test
  void aHostThatDoesNotHearItselfFailsToStartAndDoesNotCloseOnItsOwnThread() {
    FakeWire.End deaf = wire.end();
    deaf.kill();
    List<Runnable> callbacks = new ArrayList<>();
    CompletableFuture<Void> started =
        manager(deaf)
            .start(new NoSockets(), ManagerListener.NONE, callbacks::add)
            .toCompletableFuture();

    thread.advance(Duration.ofMillis(9_999));
    callbacks.clear();
    thread.advance(Duration.ofMillis(1));

    assertThat(callbacks).hasSize(1);
    assertThat(started).isNotDone();
  }

  @Test
  void hostsKnowEachOtherAfterTheirHellos() {
    assertThat(hostA.hosts()).containsExactlyInAnyOrder(hostA.hostId(), hostB.hostId());
    assertThat(hostB.hosts()).containsExactlyInAnyOrder(hostA.hostId(), hostB.hostId());
    assertThat(hostA.state()).isEqualTo(BackendState.UP);
  }

  @Test
  void heartbeatsKeepIdleHostsAlive() {
    thread.advance(Duration.ofMinutes(10));

    assertThat(hostA.hosts()).hasSize(2);
    assertThat(hostB.hosts()).hasSize(2);
  }

  @Test
  void aKilledHostIsDeadAfterFifteenSecondsAndItsPartOfAnAckIsComplete() {
    thread.advance(Duration.ofSeconds(6));
    endB.kill();
    CompletableFuture<AckResponses<EventPayload>> asked =
        hostA
            .ask(
                "/",
                new Question.EmitWithAck(
                    new Operation.Emit(
                        Recipients.ALL,
                        new EventPayload(ByteBuffer.wrap(new byte[] {'[', ']'}), List.of()))),
                Scope.CLUSTER,
                Duration.ofMinutes(1))
            .toCompletableFuture();

    thread.advance(Duration.ofSeconds(9));
    assertThat(hostA.hosts()).hasSize(2);
    assertThat(asked).isNotDone();
    thread.advance(Duration.ofSeconds(7));

    assertThat(hostA.hosts()).containsExactly(hostA.hostId());
    assertThat(asked.join().missing().get(hostB.hostId()))
        .matches(missing -> missing != null && missing.reason() == Reason.LEFT);
    assertThat(events).contains("left " + hostB.hostId());
  }

  @Test
  void aHostThatWasPausedIsAliveAgainWithItsFirstFrame() {
    endB.kill();
    thread.advance(Duration.ofSeconds(16));
    assertThat(hostA.hosts()).containsExactly(hostA.hostId());

    endB.revive();
    hostB.perform("/", new Operation.CloseRoom("room"), Scope.CLUSTER);
    thread.run();

    assertThat(hostA.hosts()).contains(hostB.hostId());
  }

  @Test
  void silenceDoesNotCountWhileThisHostHearsNothingItself() {
    endA.lose(Direction.SUBSCRIBE);
    endB.kill();
    thread.advance(Duration.ofMinutes(1));
    assertThat(hostA.state()).isEqualTo(BackendState.DEGRADED);
    assertThat(hostA.hosts()).hasSize(2);

    endA.restore(Direction.SUBSCRIBE);
    thread.advance(Duration.ofSeconds(14));
    assertThat(hostA.state()).isEqualTo(BackendState.UP);
    assertThat(hostA.hosts()).hasSize(2);
    thread.advance(Duration.ofSeconds(2));

    assertThat(hostA.hosts()).hasSize(1);
  }

  @Test
  void bothDirectionsLostIsDownAndBothRestoredIsUpOnceItHearsItself() {
    endA.lose(Direction.PUBLISH);
    endA.lose(Direction.SUBSCRIBE);
    thread.run();
    assertThat(hostA.state()).isEqualTo(BackendState.DOWN);

    endA.restore(Direction.SUBSCRIBE);
    thread.run();
    assertThat(hostA.state()).isEqualTo(BackendState.DEGRADED);
    endA.restore(Direction.PUBLISH);
    thread.run();

    assertThat(hostA.state()).isEqualTo(BackendState.UP);
    assertThat(events).containsSubsequence("DEGRADED", "DOWN", "DEGRADED", "UP");
  }

  @Test
  void anOutageQueuesOneHeartbeatAtMost() {
    endA.lose(Direction.PUBLISH);
    thread.advance(Duration.ofMinutes(1));
    int before = endA.published();

    endA.restore(Direction.PUBLISH);
    thread.run();

    assertThat(endA.published() - before)
        .as("a hello, a heartbeat, and a message to the own inbox")
        .isEqualTo(3);
  }

  @Test
  void aHostThatHearsNothingAlthoughItsFramesAreTakenSubscribesAgain() {
    endA.deafen();

    thread.advance(Duration.ofSeconds(9));
    assertThat(hostA.state()).isEqualTo(BackendState.UP);
    thread.advance(Duration.ofSeconds(6));

    assertThat(events).containsSubsequence("DEGRADED", "UP");
    assertThat(hostA.state()).isEqualTo(BackendState.UP);
    assertThat(hostA.hosts()).hasSize(2);
  }

  @Test
  void aHostWhoseFramesTheBrokerRefusesIsDegradedTenSecondsAfterItsFirstOneAndDeclaresNobodyDead() {
    endA.refuse(new IllegalStateException("NOPERM this user has no permissions"));
    hostA.perform("/", new Operation.CloseRoom("room"), Scope.CLUSTER);
    thread.advance(Duration.ofMillis(9_999));
    assertThat(hostA.state()).isEqualTo(BackendState.UP);

    thread.advance(Duration.ofMillis(501));
    assertThat(hostA.state()).isEqualTo(BackendState.DEGRADED);
    assertThat(reasons).last().asString().contains("for 10 s").contains("NOPERM");
    thread.advance(Duration.ofMinutes(2));

    assertThat(hostA.state()).isEqualTo(BackendState.DEGRADED);
    assertThat(hostA.hosts()).contains(hostB.hostId());
    assertThat(hostB.hosts()).doesNotContain(hostA.hostId());
  }

  @Test
  void aHostWhoseFramesAreTakenAgainIsUpAgain() {
    endA.refuse(new IllegalStateException("NOPERM"));
    thread.advance(Duration.ofSeconds(20));

    endA.refuse(null);
    thread.advance(Duration.ofSeconds(5));

    assertThat(hostA.state()).isEqualTo(BackendState.UP);
    assertThat(hostB.hosts()).contains(hostA.hostId());
  }

  @Test
  void aHostWhoseBrokerIsFrozenIsDegradedAndDeclaresNobodyDead() {
    endA.freeze();

    thread.advance(Duration.ofMillis(15_500));
    assertThat(hostA.state()).isEqualTo(BackendState.DEGRADED);
    thread.advance(Duration.ofMinutes(2));

    assertThat(hostA.hosts()).contains(hostB.hostId());
    assertThat(endA.reconnects()).isNotEmpty().allMatch(reason -> reason.startsWith("PUBLISH"));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100, 2_500, 4_900})
  void whenAllAreCutOffNobodyIsDeclaredDeadWheneverTheOtherWasHeardLast(long laterMillis) {
    thread.advance(Duration.ofMillis(laterMillis));
    hostA.perform("/", new Operation.CloseRoom("room"), Scope.CLUSTER);
    thread.run();
    endA.freeze();
    endB.freeze();

    thread.advance(Duration.ofMinutes(1));

    assertThat(hostA.hosts()).hasSize(2);
    assertThat(hostB.hosts()).hasSize(2);
    assertThat(events).noneMatch(event -> event.startsWith("left"));
  }

  @Test
  void aHostThatNeverKnewOthersIsDegradedWhenItIsCutOff() {
    FakeWire lonelyWire = new FakeWire(thread);
    FakeWire.End end = lonelyWire.end();
    ClusterClientManager lonely = manager(end);
    assertThat(start(lonely)).isNotDone();
    thread.run();

    end.freeze();
    thread.advance(Duration.ofMillis(15_500));

    assertThat(lonely.state()).isEqualTo(BackendState.DEGRADED);
  }

  @Test
  void aHostThatKeepsTryingAndIsRefusedFromTheStartIsDegraded() {
    FakeWire.End end = wire.end();
    end.refuse(new IllegalStateException("NOPERM"));
    ClusterClientManager refused =
        new ClusterClientManager(end, PubSubSettings.DEFAULTS.withKeepTrying(true), thread);
    assertThat(start(refused)).isCompleted();
    end.restore(Direction.PUBLISH);
    end.restore(Direction.SUBSCRIBE);

    thread.advance(Duration.ofMillis(10_500));

    assertThat(refused.state()).isEqualTo(BackendState.DEGRADED);
  }

  @Test
  void aHostThatPausedItsReceptionIsNotDegraded() {
    backlogBytes = 65L << 20;
    hostB.perform("/", new Operation.CloseRoom("room"), Scope.CLUSTER);
    thread.advance(Duration.ofMinutes(1));
    backlogBytes = 0;
    thread.advance(Duration.ofSeconds(1));

    assertThat(hostA.state()).isEqualTo(BackendState.UP);
    assertThat(states()).doesNotContain("DEGRADED");
  }

  @Test
  void aHostThatHearsOthersButNotItselfConnectsItsPublisherAnew() {
    endA.publishNowhere();
    thread.advance(Duration.ofSeconds(20));

    assertThat(hostA.state()).isEqualTo(BackendState.DEGRADED);
    assertThat(endA.reconnects()).isNotEmpty().allMatch(reason -> reason.startsWith("PUBLISH"));
    assertThat(endA.subscriptions()).as("at the start only").hasSize(2);
  }

  @Test
  void aHostWhoseNewSubscriptionDoesNotHelpConnectsItsReceiverAnew() {
    endA.deafenForGood();
    thread.advance(Duration.ofSeconds(40));

    assertThat(endA.subscriptions()).hasSizeGreaterThan(2);
    assertThat(endA.reconnects()).isNotEmpty().allMatch(reason -> reason.startsWith("SUBSCRIBE"));
  }

  @Test
  void anOutageIsSummedUpTenSecondsAfterItsEnd() {
    endA.lose(Direction.PUBLISH);
    endA.lose(Direction.SUBSCRIBE);
    thread.advance(Duration.ofSeconds(7));
    endA.restore(Direction.SUBSCRIBE);
    endA.restore(Direction.PUBLISH);
    thread.run();
    assertThat(hostA.state()).isEqualTo(BackendState.UP);
    thread.advance(Duration.ofSeconds(9));
    assertThat(outages).isEmpty();

    thread.advance(Duration.ofSeconds(1));

    assertThat(outages).containsExactly(new Outage(Duration.ofSeconds(7), 0, 0, 0, 0));
  }

  @Test
  void outagesThatFollowEachOtherAreSummedUpAsOne() {
    for (int i = 0; i < 3; i++) {
      endA.lose(Direction.SUBSCRIBE);
      thread.advance(Duration.ofSeconds(1));
      endA.restore(Direction.SUBSCRIBE);
      thread.advance(Duration.ofSeconds(2));
    }

    thread.advance(Duration.ofSeconds(20));

    assertThat(outages).extracting(Outage::length).containsExactly(Duration.ofSeconds(7));
  }

  @Test
  void everyStateThatIsNotUpHasAReason() {
    endA.lose(Direction.PUBLISH);
    endA.lose(Direction.SUBSCRIBE);
    endA.restore(Direction.PUBLISH);
    thread.run();

    assertThat(states()).endsWith("DEGRADED", "DOWN", "DEGRADED");
    assertThat(reasons.subList(reasons.size() - 3, reasons.size()))
        .allMatch(reason -> reason.startsWith("broker: the connection to "));
  }

  @Test
  void theStatisticsTellHowLongAgoAnOwnFrameWasHeardAndWhetherReceptionIsPaused() {
    endA.freeze();
    thread.advance(Duration.ofSeconds(12));
    assertThat(hostA.statistics().ownFrameAge()).isEqualTo(Duration.ofSeconds(12));
    assertThat(hostB.statistics().receptionPaused()).isFalse();

    backlogBytes = 65L << 20;
    endB.hear(new HostId("h"), new Hello("starling 1", 0));

    assertThat(hostB.statistics().receptionPaused()).isTrue();
  }

  @Test
  void anInboxThatReceivesNothingIsSubscribedAgainWithinTwoHeartbeats() {
    thread.advance(Duration.ofSeconds(6));
    endA.unbindInbox();

    thread.advance(Duration.ofSeconds(10));
    assertThat(endA.subscriptions()).hasSize(3).last().asString().contains(":host:");
    assertThat(states()).contains("DEGRADED");
    thread.advance(Duration.ofSeconds(6));

    assertThat(hostA.state()).isEqualTo(BackendState.UP);
    assertThat(endA.subscriptions()).hasSize(3);
  }

  @Test
  void anInboxThatStaysDeafHasTheReceiverConnectedAnewAndTheHostDegraded() {
    endA.unbindInboxForGood();

    thread.advance(Duration.ofSeconds(30));

    assertThat(endA.reconnects()).isNotEmpty().allMatch(reason -> reason.startsWith("SUBSCRIBE"));
    assertThat(hostA.state()).isEqualTo(BackendState.DEGRADED);
  }

  @Test
  void aWholeBusThatIsSilentIsNotTakenForADeafInbox() {
    endA.freeze();

    thread.advance(Duration.ofSeconds(30));

    assertThat(endA.subscriptions()).hasSize(2);
  }

  @Test
  void aPausedReceptionIsNotTakenForADeafInbox() {
    backlogBytes = 65L << 20;
    hostB.perform("/", new Operation.CloseRoom("room"), Scope.CLUSTER);
    thread.advance(Duration.ofSeconds(30));
    backlogBytes = 0;
    thread.advance(Duration.ofSeconds(10));

    assertThat(endA.subscriptions()).hasSize(2);
    assertThat(states()).doesNotContain("DEGRADED");
  }

  @ParameterizedTest
  @ValueSource(longs = {20_000, 21_300, 22_600, 24_900})
  void aHostThatIsHeardByItselfAloneConnectsItsPublisherAnewWithinFifteenSeconds(long whenMillis) {
    thread.advance(Duration.ofMillis(whenMillis));
    events.clear();
    endA.publishToItselfAlone();

    thread.advance(Duration.ofMillis(14_900));

    assertThat(endA.reconnects())
        .singleElement()
        .asString()
        .startsWith("PUBLISH: host " + hostB.hostId() + ": does not hear this one");
    assertThat(endB.reconnects()).isEmpty();
    assertThat(states()).startsWith("DEGRADED");
    thread.advance(Duration.ofSeconds(20));
    assertThat(hostA.state()).isEqualTo(BackendState.UP);
    assertThat(endA.reconnects()).hasSize(1);
  }

  @Test
  void hostsThatComeOneAfterAnotherDoNotTakeEachOtherForDeaf() {
    List<FakeWire.End> ends = new ArrayList<>(List.of(endA, endB));
    for (int i = 0; i < 12; i++) {
      thread.advance(Duration.ofMillis(1_300));
      FakeWire.End end = wire.end();
      ends.add(end);
      assertThat(start(manager(end))).isNotNull();
    }

    thread.advance(Duration.ofMinutes(1));

    assertThat(ends).allMatch(end -> end.reconnects().isEmpty());
  }

  @Test
  void aHostThatPausedItsReceptionSaysNothingOfWhomItHears() {
    thread.advance(Duration.ofSeconds(20));
    backlogBytes = 65L << 20;
    hostB.perform("/", new Operation.CloseRoom("room"), Scope.CLUSTER);
    thread.advance(Duration.ofMinutes(1));
    backlogBytes = 0;
    thread.advance(Duration.ofMinutes(1));

    assertThat(endA.reconnects()).isEmpty();
    assertThat(endB.reconnects()).isEmpty();
  }

  @Test
  void heartbeatsNameTheHostsThatWereHeardLatelyAlsoAmongOtherTraffic() {
    thread.advance(Duration.ofSeconds(10));
    endA.sent().clear();

    for (int i = 0; i < 10; i++) {
      hostA.perform("/", new Operation.CloseRoom("room"), Scope.CLUSTER);
      thread.advance(Duration.ofSeconds(1));
    }

    assertThat(endA.sent())
        .filteredOn(Heartbeat.class::isInstance)
        .hasSizeGreaterThanOrEqualTo(3)
        .allMatch(message -> Set.of(hostB.hostId()).equals(((Heartbeat) message).heard()));
  }

  @Test
  void aHostThatHearsMoreThanTwoHundredAndFiftySixOthersNamesNone() {
    thread.advance(Duration.ofSeconds(19));
    for (int i = 0; i < 256; i++) {
      endA.hear(new HostId("host" + i), new Hello("starling 1", 0));
    }
    thread.run();
    endA.sent().clear();

    thread.advance(Duration.ofSeconds(2));

    assertThat(endA.sent())
        .filteredOn(Heartbeat.class::isInstance)
        .isNotEmpty()
        .allMatch(message -> ((Heartbeat) message).heard() == null);
  }

  @Test
  void aHostWhoseOwnFramesComeBackLateIsDegradedUntilTheyDoNot() {
    endA.delay(Duration.ofSeconds(6));
    thread.advance(Duration.ofSeconds(12));
    assertThat(hostA.state()).isEqualTo(BackendState.DEGRADED);

    endA.delay(Duration.ZERO);
    thread.advance(Duration.ofSeconds(12));
    assertThat(hostA.state()).isEqualTo(BackendState.UP);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void aBurstOfLateOwnFramesDegradesOnceUntilATimelyOneComes(int late) {
    events.clear();
    endA.pause();
    for (int i = 0; i < late; i++) {
      hostA.perform("/", new Operation.CloseRoom("room"), Scope.CLUSTER);
      thread.run();
    }
    endA.kill();
    thread.advance(Duration.ofSeconds(6));
    endA.revive();

    endA.resume();
    thread.run();
    assertThat(states()).containsExactly("DEGRADED");
    hostA.perform("/", new Operation.CloseRoom("room"), Scope.CLUSTER);
    thread.run();

    assertThat(states()).containsExactly("DEGRADED", "UP");
  }

  @Test
  void ownFramesOfAHostThatIsNotUpForAnotherReasonQueueOneTaskAtMost() {
    endA.lose(Direction.SUBSCRIBE);
    endA.pause();
    for (int i = 0; i < 50; i++) {
      hostA.perform("/", new Operation.CloseRoom("room"), Scope.CLUSTER);
      thread.run();
    }
    assertThat(thread.waiting()).isZero();

    endA.resume();

    assertThat(thread.waiting()).isEqualTo(1);
    thread.run();
    assertThat(hostA.state()).isEqualTo(BackendState.DEGRADED);
  }

  @Test
  void aHostWhoseCallbackExecutorRunsNothingStaysAliveForTheOthers() {
    FakeWire.End end = wire.end();
    ClusterClientManager blocked = manager(end);
    blocked.start(new NoSockets(), ManagerListener.NONE, task -> {});
    thread.run();

    thread.advance(Duration.ofMinutes(1));

    assertThat(hostA.hosts()).contains(blocked.hostId());
    assertThat(events).doesNotContain("left " + blocked.hostId());
  }

  @Test
  void aHostWhoseCallbackExecutorRefusesEverythingStaysAliveForTheOthers() {
    ClusterClientManager refused = manager(wire.end());
    refused.start(
        new NoSockets(),
        ManagerListener.NONE,
        task -> {
          throw new RejectedExecutionException("full");
        });
    thread.run();

    thread.advance(Duration.ofMinutes(1));

    assertThat(hostA.hosts()).contains(refused.hostId());
  }

  @Test
  void anErrorOfAListenerEndsNoLoop() {
    failing = new AssertionError("listener");
    endA.lose(Direction.SUBSCRIBE);
    endA.restore(Direction.SUBSCRIBE);
    endB.kill();
    thread.advance(Duration.ofSeconds(20));
    failing = null;
    endB.revive();

    thread.advance(Duration.ofMinutes(2));

    assertThat(hostA.state()).isEqualTo(BackendState.UP);
    assertThat(hostA.hosts()).contains(hostB.hostId());
    assertThat(hostB.hosts()).contains(hostA.hostId());
  }

  @Test
  void aHostThatPausedItsReceptionDeclaresNobodyDeadAndAllTermsStartAgainAfterwards() {
    backlogBytes = 65L << 20;
    hostB.perform("/", new Operation.CloseRoom("room"), Scope.CLUSTER);
    thread.advance(Duration.ofSeconds(1));
    endB.kill();
    thread.advance(Duration.ofMinutes(1));
    assertThat(hostA.hosts()).contains(hostB.hostId());

    backlogBytes = 0;
    thread.advance(Duration.ofSeconds(14));
    assertThat(hostA.hosts()).contains(hostB.hostId());
    thread.advance(Duration.ofSeconds(3));

    assertThat(hostA.hosts()).doesNotContain(hostB.hostId());
  }

  /** What both hosts report. */
  private final class Events implements ManagerListener {
    @Override
    public void stateChanged(BackendState state, @Nullable Throwable cause) {
      events.add(state.name());
      reasons.add(cause == null ? "" : String.valueOf(cause.getMessage()));
      if (failing != null) {
        throw failing;
      }
    }

    @Override
    public void outageOver(Outage outage) {
      outages.add(outage);
    }

    @Override
    public void hostJoined(HostId host) {
      if (failing != null) {
        throw failing;
      }
    }

    @Override
    public void hostLeft(HostId host) {
      events.add("left " + host);
      if (failing != null) {
        throw failing;
      }
    }
  }

  /** A server without sockets. */
  private final class NoSockets implements LocalServer {
    @Override
    public long backlogBytes() {
      return backlogBytes;
    }

    @Override
    public @Nullable Rooms rooms(String namespace) {
      return null;
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
