package io.starling.manager.pubsub;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.manager.HostId;
import io.starling.manager.LocalServer;
import io.starling.manager.LocalSocket;
import io.starling.manager.ManagerListener;
import io.starling.manager.Operation;
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
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One host emits, another misses some of it and asks again; on one thread. */
class RepairTest {
  private final FakeManagerThread thread = new FakeManagerThread();
  private final FakeWire wire = new FakeWire(thread);
  private final FakeWire.End sending = wire.end();
  private final FakeWire.End receiving = wire.end();
  private final ClusterClientManager sender = manager(sending);
  private final ClusterClientManager receiver = manager(receiving);
  private final List<String> received = new ArrayList<>();
  private final List<String> reports = new ArrayList<>();

  private ClusterClientManager manager(FakeWire.End end) {
    return new ClusterClientManager(end, PubSubSettings.DEFAULTS, thread);
  }

  @BeforeEach
  void start() {
    sender.start(new Sockets(new ArrayList<>()), ManagerListener.NONE, Runnable::run);
    Sockets sockets = new Sockets(received);
    sockets.all().connect(() -> new SocketId("client"), Set.of());
    receiver.start(sockets, new Reports(), Runnable::run);
    thread.run();
    reports.clear();
  }

  /** One frame each. */
  private void emit(int from, int to) {
    for (int i = from; i <= to; i++) {
      sender.perform(
          "/", new Operation.Emit(Recipients.ALL, payload(Integer.toString(i))), Scope.CLUSTER);
      thread.run();
    }
  }

  private static EventPayload payload(String text) {
    ByteBuffer json = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    return new EventPayload(json, List.of());
  }

  private static List<String> numbers(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(Integer::toString).toList();
  }

  @Test
  void whatIsMissedComesInItsPlaceAndNoGapIsReported() {
    emit(1, 3);
    receiving.miss(2);
    emit(4, 8);

    assertThat(received).isEqualTo(numbers(1, 8));
    assertThat(reports).allMatch(report -> report.startsWith("repaired")).hasSize(2);
  }

  @Test
  void aLostTailShowsWithTheNextHeartbeat() {
    emit(1, 3);
    receiving.miss(2);
    emit(4, 5);
    assertThat(received).isEqualTo(numbers(1, 3));

    thread.advance(Duration.ofSeconds(6));

    assertThat(received).isEqualTo(numbers(1, 5));
  }

  @Test
  void aReceiverThatMissedThousandsOfFramesGetsThemAll() {
    receiving.miss(3_000);
    emit(1, 3_001);

    assertThat(received).isEqualTo(numbers(1, 3_001));
  }

  /** Frames with even numbers get through, the repairs of the others do not yet. */
  private void flap() {
    receiving.lose(Direction.SUBSCRIBE);
    sending.ignore(true);
    for (int i = 1; i <= 4_000; i += 2) {
      receiving.miss(1);
      emit(i, i + 1);
    }
    assertThat(received).isEmpty();
    sending.ignore(false);
  }

  @Test
  void twoThousandHolesAreClosedWithinTwoSecondsOfTheReturn() {
    emit(0, 0);
    received.clear();
    flap();

    receiving.restore(Direction.SUBSCRIBE);
    thread.advance(Duration.ofSeconds(2));

    assertThat(received).isEqualTo(numbers(1, 4_000));
    assertThat(missing()).isZero();
  }

  @Test
  void twoThousandHolesAreClosedInTimeAlthoughHalfOfTheRepairsAreLostAtFirst() {
    emit(0, 0);
    received.clear();
    flap();
    receiving.missEverySecondAlone(2_000);

    receiving.restore(Direction.SUBSCRIBE);
    thread.advance(Duration.ofSeconds(2));

    assertThat(received).isEqualTo(numbers(1, 4_000));
    assertThat(missing()).isZero();
  }

  @Test
  void holesOfManyOriginsAreClosedInTimeToo() {
    ClusterClientManager second = manager(wire.end());
    second.start(new Sockets(new ArrayList<>()), ManagerListener.NONE, Runnable::run);
    thread.run();
    second.perform("/", new Operation.Emit(Recipients.ALL, payload("0")), Scope.CLUSTER);
    emit(0, 0);
    received.clear();
    receiving.lose(Direction.SUBSCRIBE);
    for (int i = 1; i <= 1_000; i++) {
      receiving.miss(2);
      emit(i, i);
      second.perform("/", new Operation.Emit(Recipients.ALL, payload("x")), Scope.CLUSTER);
      thread.run();
      emit(i, i);
      second.perform("/", new Operation.Emit(Recipients.ALL, payload("x")), Scope.CLUSTER);
      thread.run();
    }

    receiving.restore(Direction.SUBSCRIBE);
    thread.advance(Duration.ofSeconds(2));

    assertThat(received).hasSize(4_000);
    assertThat(missing()).isZero();
  }

  @Test
  void whatIsOlderThanAMinuteIsReportedByExactCount() {
    emit(1, 1);
    receiving.kill();
    emit(2, 3);
    thread.advance(Duration.ofSeconds(70));
    receiving.revive();
    emit(4, 4);

    assertThat(received).isEqualTo(List.of("1", "4"));
    assertThat(reports).anyMatch(report -> report.startsWith("gap"));
    assertThat(missing()).as("the two emits and the first heartbeat").isEqualTo(3);
  }

  private long missing() {
    return reports.stream()
        .filter(report -> report.startsWith("gap "))
        .map(report -> report.substring(4).split("-"))
        .mapToLong(range -> Long.parseLong(range[1]) - Long.parseLong(range[0]) + 1)
        .sum();
  }

  @Test
  void whatExceedsSixteenMebibytesIsReportedAndTheRestIsRepaired() {
    emit(1, 1);
    receiving.miss(20);
    for (int i = 0; i < 20; i++) {
      sender.perform(
          "/", new Operation.Emit(Recipients.ALL, payload("x".repeat(1_000_000))), Scope.CLUSTER);
      thread.run();
    }
    emit(2, 2);

    assertThat(received.get(received.size() - 1)).isEqualTo("2");
    assertThat(missing()).isBetween(3L, 5L);
    assertThat(received).hasSize(2 + 20 - (int) missing());
  }

  @Test
  void anOriginThatIsGoneCannotRepeatAndTheGapIsReportedAfterTwentySeconds() {
    emit(1, 1);
    receiving.miss(1);
    emit(2, 2);
    sending.ignore(true);
    emit(3, 3);
    assertThat(received).isEqualTo(numbers(1, 1));

    thread.advance(OriginStream.PATIENCE);

    assertThat(received).isEqualTo(List.of("1", "3"));
    assertThat(missing()).isEqualTo(1);
  }

  @Test
  void anOriginThatIsDeafForNineSecondsStillRepeatsWhatItHas() {
    emit(1, 1);
    receiving.miss(1);
    emit(2, 2);
    sending.ignore(true);
    emit(3, 3);
    thread.advance(Duration.ofSeconds(9));
    assertThat(received).isEqualTo(numbers(1, 1));

    sending.ignore(false);
    thread.advance(Duration.ofSeconds(1));

    assertThat(received).isEqualTo(numbers(1, 3));
    assertThat(missing()).isZero();
  }

  /** Keeps what one client would get. */
  private record Sockets(List<String> received, Rooms all) implements LocalServer {
    Sockets(List<String> received) {
      this(received, new Rooms());
    }

    @Override
    public Rooms rooms(String namespace) {
      return all;
    }

    @Override
    public void send(
        String namespace, Iterable<? extends LocalSocket> recipients, Operation.Emit emit) {
      received.add(StandardCharsets.UTF_8.decode(emit.event().json().duplicate()).toString());
    }

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

  private final class Reports implements ManagerListener {
    @Override
    public void gap(HostId origin, long from, long to) {
      reports.add("gap " + from + "-" + to);
    }

    @Override
    public void repaired(HostId origin, long from, long to) {
      reports.add("repaired " + from + "-" + to);
    }

    @Override
    public void duplicateDropped(HostId origin, long firstSeq, int count) {
      reports.add("duplicate");
    }
  }
}
