package io.starling.socketio.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.engineio.CloseReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Packets whose attachments have not all come, in many connections at once. */
class IncompletePacketsTest {
  private static final int ATTACHMENT_BYTES = 10_000;
  private static final int TOTAL_BYTES = 50_000;
  private static final Duration TURN = Duration.ofSeconds(10);

  private final List<Object> handled = new ArrayList<>();
  private final ServerFixture server =
      new ServerFixture(
          config ->
              config
                  .maxPendingEvents(100)
                  .maxPendingBytes(30_000)
                  .maxPendingBytesTotal(TOTAL_BYTES));

  @Test
  void whatHasComeCountsForAllConnections() {
    begin(server.connect(), 10, 6);
    FakeClient other = server.connect();
    other.sends("2[\"n\"]");

    assertThat(other.reading).isFalse();
    server.run();
    assertThat(other.reading).isTrue();
  }

  @Test
  void whatHasComeCountsForItsConnection() {
    FakeClient client = server.connect();
    client.sends("2[\"n\"]");
    begin(client, 10, 2);
    assertThat(client.reading).isTrue();
    attach(client);

    assertThat(client.reading).isFalse();
    server.run();
    assertThat(client.reading).isTrue();
  }

  @Test
  void aPacketThatAloneIsTooMuchForAllIsCompleted() {
    logEvents();
    FakeClient client = server.connect();
    begin(client, 10, 9);
    assertThat(client.reading).isTrue();
    attach(client);
    server.run();

    assertThat(handled).containsExactly("e");
    assertThat(client.reading).isTrue();
    assertThatNothingCounts();
  }

  @Test
  void whileAllHoldTooMuchOnePacketAfterTheOtherIsCompleted() {
    logEvents();
    List<FakeClient> clients = connect(3);
    clients.forEach(client -> begin(client, 4, 2));
    assertThat(reading(clients)).containsExactly(true, true, true);
    attach(clients.get(0));
    attach(clients.get(1));
    // The last of them to send something was the first for which it was too much.
    assertThat(reading(clients)).containsExactly(false, false, true);
    attach(clients.get(2));
    attach(clients.get(2));
    server.loop.runTurn();
    assertThat(reading(clients)).startsWith(true, false);
    attach(clients.get(0));
    server.loop.runTurn();
    assertThat(clients.get(1).reading).isTrue();
    attach(clients.get(1));
    server.run();

    assertThat(handled).containsExactly("e", "e", "e");
    assertThat(reading(clients)).containsExactly(true, true, true);
    assertThatNothingCounts();
  }

  @Test
  void packetsThatWaitForTheirTurnGoOnWhenHandlersMadeRoom() {
    List<FakeClient> clients = connect(2);
    FakeClient crowd = server.connect();
    crowd.sends("2[\"n\",\"" + "x".repeat(2 * TOTAL_BYTES) + "\"]");
    begin(clients.get(0), 9, 1);
    begin(clients.get(1), 9, 1);
    assertThat(reading(clients)).containsExactly(true, false);
    server.run();

    assertThat(reading(clients)).containsExactly(true, true);
  }

  @Test
  void aClientThatDoesNotCompleteItsPacketIsClosedWhenSuchPacketsAloneAreTooMuch() {
    logEvents();
    List<FakeClient> clients = connect(2);
    begin(clients.get(0), 10, 6);
    begin(clients.get(1), 3, 2);
    server.loop.advance(TURN.minusNanos(1));
    assertThat(clients.get(0).closed).isNull();
    server.loop.advance(Duration.ofNanos(1));

    assertThat(clients.get(0).closed).isEqualTo(CloseReason.FORCED_SERVER_CLOSE);
    assertThat(server.listener.heard).anyMatch(heard -> heard.contains("attachments: none"));
    assertThat(clients.get(1).reading).isTrue();
    attach(clients.get(1));
    server.run();
    assertThat(handled).containsExactly("e");
    assertThatNothingCounts();
  }

  @Test
  void eachAttachmentHasTheWholeTime() {
    FakeClient client = server.connect();
    begin(client, 10, 6);
    for (int i = 0; i < 3; i++) {
      server.loop.advance(TURN.minusNanos(1));
      attach(client);
    }

    assertThat(client.closed).isNull();
  }

  @Test
  void nobodyIsClosedForSlowHandlersButOthersGetTheirTurn() {
    FakeClient crowd = server.connect();
    List<FakeClient> clients = connect(2);
    crowd.sends("2[\"n\",\"" + "x".repeat(2 * TOTAL_BYTES) + "\"]");
    clients.forEach(client -> begin(client, 9, 1));
    assertThat(reading(clients)).containsExactly(true, false);
    server.loop.advance(TURN);
    assertThat(reading(clients)).containsExactly(false, true);
    server.loop.advance(TURN);
    assertThat(reading(clients)).containsExactly(true, false);
    server.loop.advance(TURN.multipliedBy(100));

    assertThat(clients).allSatisfy(client -> assertThat(client.closed).isNull());
  }

  @Test
  void theTurnOfAClientThatLeavesGoesToTheNext() {
    List<FakeClient> clients = connect(3);
    clients.forEach(client -> begin(client, 9, 4));
    assertThat(reading(clients)).containsExactly(true, true, false);
    attach(clients.get(0));
    assertThat(reading(clients)).containsExactly(false, true, false);
    clients.get(1).goesAway();
    clients.get(0).goesAway();
    server.run();

    assertThat(clients.get(2).reading).isTrue();
    clients.get(2).goesAway();
    assertThatNothingCounts();
  }

  @Test
  void aPacketBehindWhichAnAckIsAwaitedMayGoOnUpToTwiceTheBound() {
    List<FakeClient> clients = connect(2);
    begin(clients.get(0), 9, 6);
    begin(clients.get(1), 9, 1);
    assertThat(clients.get(1).reading).isFalse();
    server.root().sockets().forEach(socket -> ((DefaultSocket) socket).emitWithAck("ask"));
    server.run();

    assertThat(clients.get(1).reading).isTrue();
  }

  @Test
  void anAckThatIsIncompleteCountsUntilItIsComplete() {
    FakeClient client = server.connect();
    server.root().sockets().forEach(socket -> ((DefaultSocket) socket).emitWithAck("ask"));
    client.sends("62-0[" + placeholders(2).substring(1) + "]");
    attach(client);
    assertThat(server.endpoint.incompletePackets().bytes()).isPositive();
    attach(client);

    assertThatNothingCounts();
  }

  /** The beginning of a binary event. */
  private void begin(FakeClient client, int attachments, int come) {
    client.sends("5" + attachments + "-[\"e\"" + placeholders(attachments) + "]");
    for (int i = 0; i < come; i++) {
      attach(client);
    }
  }

  private static void attach(FakeClient client) {
    client.sendsBinary("x".repeat(ATTACHMENT_BYTES));
  }

  static String placeholders(int count) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < count; i++) {
      all.append(",{\"_placeholder\":true,\"num\":").append(i).append('}');
    }
    return all.toString();
  }

  private List<FakeClient> connect(int count) {
    List<FakeClient> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      clients.add(server.connect());
    }
    return clients;
  }

  private void logEvents() {
    server.root().on("e", (socket, event, ack) -> handled.add("e"));
  }

  private void assertThatNothingCounts() {
    assertThat(server.endpoint.incompletePackets().bytes()).isZero();
    assertThat(server.endpoint.pendingBytes().sum()).isZero();
  }

  private static List<Boolean> reading(List<FakeClient> clients) {
    return clients.stream().map(client -> client.reading).toList();
  }
}
