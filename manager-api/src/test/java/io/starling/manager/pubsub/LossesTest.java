package io.starling.manager.pubsub;

import static io.starling.manager.pubsub.FakeSockets.payload;
import static org.assertj.core.api.Assertions.assertThat;

import io.starling.manager.BusCount;
import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import io.starling.manager.Operation;
import io.starling.manager.Recipients;
import io.starling.manager.Scope;
import io.starling.manager.SocketId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Host B is cut off from the broker for a while, host A is not; what B lost is counted. */
class LossesTest {
  private final FakeManagerThread thread = new FakeManagerThread();
  private final FakeWire wire = new FakeWire(thread);
  private final FakeWire.End endA = wire.end();
  private final ClusterClientManager hostA = host(endA, ManagerListener.NONE);
  private final FakeWire.End endB = wire.end();
  private final List<String> gaps = new ArrayList<>();
  private final FakeSockets clientsOfB = new FakeSockets();
  private final ClusterClientManager hostB = manager(endB);

  @BeforeEach
  void start() {
    hostB.start(clientsOfB, new Gaps(), Runnable::run);
    clientsOfB.rooms.connect(() -> new SocketId("client"), Set.of());
    thread.advance(Duration.ofSeconds(2));
  }

  private ClusterClientManager manager(FakeWire.End end) {
    return new ClusterClientManager(end, PubSubSettings.DEFAULTS, thread);
  }

  private ClusterClientManager host(FakeWire.End end, ManagerListener listener) {
    ClusterClientManager host = manager(end);
    host.start(new FakeSockets(), listener, Runnable::run);
    thread.run();
    return host;
  }

  private PubSubPublisher emitter(String id) {
    PubSubPublisher emitter =
        new PubSubPublisher(
            new BusContext(
                new HostId(id),
                PubSubSettings.DEFAULTS,
                wire.end(),
                thread,
                ManagerListener.NONE,
                Runnable::run),
            0);
    emitter.start();
    thread.run();
    return emitter;
  }

  private void emit(Operation.Performer from, int times) {
    for (int i = 0; i < times; i++) {
      from.perform("/", new Operation.Emit(Recipients.ALL, payload("[\"x\"]")), Scope.CLUSTER);
      thread.run();
    }
  }

  /** Closing waits for the publisher's thread, which is this one. */
  private void end(AutoCloseable closing) throws InterruptedException {
    Thread closer =
        new Thread(
            () -> {
              try {
                closing.close();
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
    closer.start();
    while (closer.isAlive()) {
      thread.advance(Duration.ofMillis(5));
      closer.join(1);
    }
  }

  private void comeBack() {
    endB.comeBack();
    thread.advance(OriginStream.PATIENCE_WITH_SILENCE.plusSeconds(2));
  }

  private long missing() {
    return hostB.statistics().get(BusCount.MISSING);
  }

  @Test
  void whatAnEmitterSentMeanwhileIsCounted() {
    PubSubPublisher emitter = emitter("emitter");
    emit(emitter, 3);
    endB.cutOff();
    emit(emitter, 5);

    comeBack();

    assertThat(gaps).containsExactly("emitter 4-8");
    emit(emitter, 1);
    assertThat(clientsOfB.received).hasSize(3 + 1);
  }

  @Test
  void anEmitterThatBeganAndEndedMeanwhileIsCountedWithoutItsGoodbye() throws InterruptedException {
    endB.cutOff();
    PubSubPublisher emitter = emitter("emitter");
    emit(emitter, 5);
    end(emitter);

    comeBack();

    assertThat(gaps).containsExactly("emitter 1-5");
  }

  @Test
  void whatAHostThatLeftMeanwhileSentIsCounted() throws InterruptedException {
    ClusterClientManager hostC = host(wire.end(), ManagerListener.NONE);
    emit(hostC, 1);
    endB.cutOff();
    emit(hostC, 4);
    end(hostC);

    comeBack();

    assertThat(missing()).isEqualTo(4);
    assertThat(gaps).hasSize(1);
  }

  @Test
  void whatAHostThatWasKilledMeanwhileSentIsCounted() {
    FakeWire.End endC = wire.end();
    ClusterClientManager hostC = host(endC, ManagerListener.NONE);
    emit(hostC, 1);
    endB.cutOff();
    emit(hostC, 4);
    endC.kill();

    comeBack();

    assertThat(missing()).isEqualTo(4);
    assertThat(gaps).hasSize(1);
  }

  @Test
  void aHostThatBeganMeanwhileRepeatsWhatItSent() {
    endB.cutOff();
    ClusterClientManager hostC = host(wire.end(), ManagerListener.NONE);
    emit(hostC, 4);

    comeBack();

    assertThat(clientsOfB.received).hasSize(4);
    assertThat(missing()).isZero();
  }

  @Test
  void anEmitterThatGoesOnRightAfterTheReturnIsCountedFromItsFirstMessageOn() {
    endB.cutOff();
    PubSubPublisher emitter = emitter("emitter");
    emit(emitter, 5);
    endB.comeBack();
    emit(emitter, 2);

    thread.advance(OriginStream.PATIENCE_WITH_SILENCE.plusSeconds(2));

    assertThat(clientsOfB.received).hasSize(2);
    assertThat(gaps).containsExactly("emitter 1-5");
  }

  @Test
  void severalHostsThatKnowOfALossMakeItCountOnce() {
    host(wire.end(), ManagerListener.NONE);
    host(wire.end(), ManagerListener.NONE);
    PubSubPublisher emitter = emitter("emitter");
    emit(emitter, 1);
    endB.cutOff();
    emit(emitter, 5);

    comeBack();
    endB.cutOff();
    comeBack();

    assertThat(gaps).containsExactly("emitter 2-6");
  }

  @Test
  void aHostThatHasJustStartedIsNotOwedThePast() throws InterruptedException {
    PubSubPublisher emitter = emitter("emitter");
    emit(emitter, 5);
    end(emitter);
    ClusterClientManager hostC = host(wire.end(), ManagerListener.NONE);
    emit(hostC, 3);
    end(hostC);

    ClusterClientManager late = host(wire.end(), ManagerListener.NONE);
    thread.advance(OriginStream.PATIENCE_WITH_SILENCE.plusSeconds(2));

    assertThat(late.statistics().get(BusCount.MISSING)).isZero();
  }

  @Test
  void whatWasNamedAtTheStartIsNotOwedLaterEither() {
    PubSubPublisher emitter = emitter("emitter");
    emit(emitter, 5);
    FakeWire.End end = wire.end();
    ClusterClientManager late = host(end, ManagerListener.NONE);
    thread.advance(Duration.ofSeconds(2));
    end.cutOff();
    emit(emitter, 2);

    end.comeBack();
    thread.advance(OriginStream.PATIENCE_WITH_SILENCE.plusSeconds(2));

    assertThat(late.statistics().get(BusCount.MISSING)).isEqualTo(2);
  }

  @Test
  void aHostThatIsCutOffRightAfterItsStartIsNotOwedWhatCameBeforeIt() {
    FakeWire.End end = wire.end();
    ClusterClientManager late = host(end, ManagerListener.NONE);
    end.cutOff();
    emit(hostA, 3);

    end.comeBack();
    thread.advance(OriginStream.PATIENCE_WITH_SILENCE.plusSeconds(2));

    assertThat(late.statistics().get(BusCount.MISSING)).isZero();
  }

  @Test
  void whatNobodyReceivesIsCountedByTheEmitterThatSendsIt() throws InterruptedException {
    PubSubPublisher emitter = emitter("emitter");
    emit(emitter, 2);
    assertThat(emitter.statistics().get(BusCount.UNRECEIVED)).isZero();
    endA.kill();
    endB.kill();

    emit(emitter, 3);
    end(emitter);

    assertThat(emitter.statistics().get(BusCount.UNRECEIVED))
        .as("without its goodbye")
        .isEqualTo(3);
  }

  @Test
  void whatNobodyReceivesIsCountedByTheHostThatSendsIt() {
    endA.publishNowhere();

    emit(hostA, 3);
    thread.advance(OriginStream.PATIENCE_WITH_SILENCE.plusSeconds(2));

    assertThat(hostA.statistics().get(BusCount.UNRECEIVED)).as("without heartbeats").isEqualTo(3);
  }

  @Test
  void aHostDoesNotReportWhatNobodyReceivesBecauseItMissesItsOwnFrames() {
    List<Long> reported = new ArrayList<>();
    FakeWire.End end = wire.end();
    ClusterClientManager host =
        host(
            end,
            new ManagerListener() {
              @Override
              public void operationsUnreceived(long count) {
                reported.add(count);
              }
            });
    end.publishNowhere();

    emit(host, 3);
    thread.advance(Duration.ofSeconds(2));

    assertThat(host.statistics().get(BusCount.UNRECEIVED)).isEqualTo(3);
    assertThat(reported).isEmpty();
  }

  @Test
  void aTailThatWasMissedShowsWithTheEmittersGoodbye() throws InterruptedException {
    PubSubPublisher emitter = emitter("emitter");
    emit(emitter, 3);
    endB.miss(2);
    emit(emitter, 2);
    assertThat(gaps).isEmpty();

    end(emitter);

    assertThat(gaps).containsExactly("emitter 4-5");
  }

  @Test
  void whatIsCountedIsExactlyWhatTheClientsLack() throws InterruptedException {
    PubSubPublisher before = emitter("before");
    ClusterClientManager hostC = host(wire.end(), ManagerListener.NONE);
    emit(before, 2);
    emit(hostC, 2);
    emit(hostA, 2);
    endB.cutOff();
    emit(before, 5);
    PubSubPublisher meanwhile = emitter("meanwhile");
    emit(meanwhile, 5);
    end(meanwhile);
    emit(hostC, 3);
    end(hostC);
    emit(hostA, 4);

    comeBack();
    end(before);

    int sent = 2 + 2 + 2 + 5 + 5 + 3 + 4;
    assertThat(clientsOfB.received).hasSize(2 + 2 + 2 + 4);
    assertThat(missing()).isEqualTo(sent - clientsOfB.received.size());
  }

  private final class Gaps implements ManagerListener {
    @Override
    public void gap(HostId origin, long from, long to) {
      gaps.add(origin + " " + from + "-" + to);
    }
  }
}
