package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.engineio.CloseReason;
import io.starling.socketio.DisconnectReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class IntakeTest {
  private static final int BYTES = 10_000;
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private final List<Object> log = new ArrayList<>();
  private final ServerFixture server =
      new ServerFixture(
          config ->
              config
                  .maxPendingEvents(4)
                  .maxPendingBytes(BYTES)
                  .maxPendingBytesTotal(50_000)
                  .pendingTimeout(TIMEOUT));

  @Test
  void aClientIsNotReadFromWhileManyEventsWaitAndNothingIsLost() {
    logEvents();
    FakeClient client = server.connect();
    for (int i = 0; i < 4; i++) {
      assertThat(client.reading).isTrue();
      client.sends("2[\"n\"," + i + "]");
    }
    assertThat(client.reading).isFalse();
    client.sends("2[\"n\",4]");
    server.run();

    assertThat(client.reading).isTrue();
    assertThat(client.closed).isNull();
    assertThat(log).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void aClientIsNotReadFromWhileManyBytesWait() {
    logEvents();
    FakeClient client = server.connect();
    client.sends(event(9000));
    assertThat(client.reading).isTrue();
    client.sends(event(1000));
    assertThat(client.reading).isFalse();
    server.run();

    assertThat(client.reading).isTrue();
    assertThat(log).hasSize(2);
  }

  @Test
  void smallEventsCountWithTheObjectsThatTheyTake() {
    ServerFixture small = new ServerFixture(config -> config.maxPendingEvents(1000));
    ServerFixture all =
        new ServerFixture(config -> config.maxPendingEvents(1000).maxPendingBytesTotal(BYTES));
    ServerFixture one =
        new ServerFixture(config -> config.maxPendingEvents(1000).maxPendingBytes(BYTES));
    for (ServerFixture each : List.of(small, all, one)) {
      FakeClient client = each.connect();
      for (int i = 0; i < 100; i++) {
        client.sends("2[\"n\"]");
      }
      assertThat(client.reading).isEqualTo(each == small);
      each.run();
      assertThat(client.reading).isTrue();
      assertThat(each.endpoint.pendingBytes().sum()).isZero();
    }
  }

  @Test
  void emptyAttachmentsCountWithTheObjectsThatTheyTake() {
    ServerFixture one =
        new ServerFixture(config -> config.maxPendingEvents(1000).maxPendingBytes(BYTES));
    FakeClient client = one.connect();
    for (int i = 0; i < 10; i++) {
      client.sends("510-[\"n\"" + IncompletePacketsTest.placeholders(10) + "]");
      for (int j = 0; j < 10; j++) {
        client.sendsBinary("");
      }
    }
    assertThat(client.reading).isFalse();
  }

  @Test
  void anEventAboveTheBoundIsTaken() {
    logEvents();
    FakeClient client = server.connect();
    client.sends(event(20 * BYTES));
    assertThat(client.reading).isFalse();
    server.run();

    assertThat(client.reading).isTrue();
    assertThat(log).hasSize(1);
  }

  @Test
  void readingGoesOnWhenHalfOfItWasTaken() {
    FakeClient client = server.connect();
    server
        .root()
        .on(
            "n",
            (socket, event, ack) -> {
              server.loop.runTurn();
              log.add(client.reading);
            });
    for (int i = 0; i < 4; i++) {
      client.sends("2[\"n\"]");
    }
    server.run();

    assertThat(log).containsExactly(false, false, false, true);
  }

  @Test
  void whileMuchWaitsForAllAClientIsReadFromOnlyIfNothingOfItsOwnWaits() {
    ServerFixture crowded = new ServerFixture(config -> config.maxPendingBytesTotal(50_000));
    crowded.root().on("n", (socket, event, ack) -> log.add(event.get(0)));
    List<FakeClient> clients = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      clients.add(crowded.connect());
    }
    FakeClient other = crowded.connect();
    clients.forEach(client -> client.sends(event(8192)));
    assertThat(clients.get(0).reading).isTrue();
    assertThat(clients.get(6).reading).isFalse();
    assertThat(other.reading).isTrue();
    other.sends(event(300));
    assertThat(other.reading).isFalse();
    crowded.run();

    assertThat(clients).filteredOn(client -> !client.reading).isEmpty();
    assertThat(other.reading).isTrue();
    assertThat(log).hasSize(8);
    assertThat(crowded.endpoint.pendingBytes().sum()).isZero();
  }

  @Test
  void whileAnAckIsAwaitedTwiceAsMuchMayWait() {
    logEvents();
    FakeClient client = server.connect();
    onlySocket().emitWithAck("ask");
    client.sends(event(BYTES));
    assertThat(client.reading).isTrue();
    client.sends(event(BYTES));
    assertThat(client.reading).isFalse();
  }

  @Test
  void readingGoesOnForAnAckThatIsAskedForWhileItIsStopped() {
    logEvents();
    FakeClient client = server.connect();
    client.sends(event(BYTES + 5000));
    assertThat(client.reading).isFalse();
    onlySocket().emitWithAck("ask");
    server.loop.runTurn();

    assertThat(client.reading).isTrue();
  }

  @Test
  void aConnectionThatGoesUnreadForTooLongIsClosed() {
    FakeClient client = server.connect();
    client.sends(event(BYTES));
    server.loop.advance(TIMEOUT.minusNanos(1));
    assertThat(client.closed).isNull();
    server.loop.advance(Duration.ofNanos(1));

    assertThat(client.closed).isEqualTo(CloseReason.FORCED_SERVER_CLOSE);
    assertThat(server.listener.heard).anyMatch(heard -> heard.contains("wait"));
  }

  @Test
  void aConnectionThatIsReadFromInTimeIsNotClosed() {
    logEvents();
    FakeClient client = server.connect();
    client.sends(event(BYTES));
    server.loop.advance(TIMEOUT.dividedBy(2));
    server.run();
    server.loop.advance(TIMEOUT);

    assertThat(client.closed).isNull();
  }

  @Test
  void byDefaultNobodyIsClosedForSlowHandlers() {
    ServerFixture patient = new ServerFixture(config -> config.maxPendingBytes(BYTES));
    FakeClient client = patient.connect();
    client.sends(event(BYTES));
    patient.loop.advance(Duration.ofMinutes(50));

    assertThat(client.closed).isNull();
  }

  @Test
  void whatAClientThatLeftHadSentIsStillHandled() {
    logEvents();
    FakeClient client = server.connect();
    client.sends(event(BYTES));
    client.goesAway();
    server.root().onDisconnect((socket, reason) -> log.add(reason));
    server.run();

    assertThat(log).hasSize(2).endsWith(DisconnectReason.TRANSPORT_CLOSE);
    assertThat(server.endpoint.pendingBytes().sum()).isZero();
  }

  private void logEvents() {
    server.root().on("n", (socket, event, ack) -> log.add(event.get(0)));
  }

  private DefaultSocket onlySocket() {
    return (DefaultSocket) server.root().sockets().iterator().next();
  }

  /** An event that counts with so many bytes. */
  private static String event(int bytes) {
    return "2[\"n\",\"" + "x".repeat(bytes - 8 - (int) Intake.EVENT_BYTES) + "\"]";
  }
}
