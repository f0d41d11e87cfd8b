package io.starling.integration.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.socket.client.Ack;
import io.starling.integration.client.JavaClient;
import io.starling.integration.client.JavaClient.Transport;
import io.starling.integration.process.ChildProcess;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.json.JSONException;
import org.json.JSONObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two server processes and emitter processes, driven by the official Java client. */
final class ClusterIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final String MARK = "mark";

  @RegisterExtension static final TestCluster cluster = new TestCluster();

  @ParameterizedTest
  @EnumSource(Transport.class)
  void anEmitReachesEveryClientOfBothHostsOnce(Transport transport) {
    JavaClient onA = cluster.connect(cluster.a(), transport);
    JavaClient onB = cluster.connect(cluster.b(), transport);
    onA.call("broadcast", "from a");
    mark(onA);
    assertThat(newsBeforeMark(onA)).containsExactly("from a");
    assertThat(newsBeforeMark(onB)).containsExactly("from a");
  }

  @Test
  void anEmitToARoomReachesItsMembersOfBothHostsOnly() {
    JavaClient onA = cluster.connect(cluster.a(), Transport.WEBSOCKET);
    JavaClient member = cluster.connect(cluster.b(), Transport.WEBSOCKET);
    JavaClient other = cluster.connect(cluster.b(), Transport.POLLING);
    onA.call("join", "room");
    member.call("join", "room");
    onA.call("to", "room", "for the room");
    mark(onA);
    assertThat(newsBeforeMark(onA)).containsExactly("for the room");
    assertThat(newsBeforeMark(member)).containsExactly("for the room");
    assertThat(newsBeforeMark(other)).isEmpty();
  }

  @Test
  void anEmitSkipsTheMembersOfAnExceptedRoomOnBothHosts() {
    JavaClient onA = cluster.connect(cluster.a(), Transport.WEBSOCKET);
    JavaClient skipped = cluster.connect(cluster.b(), Transport.WEBSOCKET);
    JavaClient other = cluster.connect(cluster.b(), Transport.UPGRADED);
    skipped.call("join", "skip");
    onA.call("except", "skip", "for the others");
    mark(onA);
    assertThat(newsBeforeMark(onA)).containsExactly("for the others");
    assertThat(newsBeforeMark(skipped)).isEmpty();
    assertThat(newsBeforeMark(other)).containsExactly("for the others");
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void binaryTravelsToTheServerAndToTheClientsOfBothHosts(Transport transport) {
    JavaClient onA = cluster.connect(cluster.a(), transport);
    JavaClient onB = cluster.connect(cluster.b(), transport);
    byte[] photo = new byte[100_000];
    photo[99_999] = 7;
    assertThat(onA.call("echo", "caption", photo)).containsExactly("caption", photo);
    onA.call("broadcast", photo);
    mark(onA);
    assertThat(newsBeforeMark(onA)).containsExactly(photo);
    assertThat(newsBeforeMark(onB)).containsExactly(photo);
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void aClientOfTheOtherHostAnswersWithAnAck(Transport transport) {
    JavaClient asker = cluster.connect(cluster.a(), transport);
    JavaClient answerer = cluster.connect(cluster.b(), transport);
    byte[] receipt = "read".getBytes(StandardCharsets.UTF_8);
    answerer.on("question", event -> ((Ack) event[event.length - 1]).call(event[0] + "!", receipt));
    assertThat(asker.call("ask", answerer.id(), "seen")).containsExactly("seen!", receipt);
  }

  @Test
  void aClientOfTheOtherHostJoinsAndLeavesARoomBySocketId() {
    JavaClient onA = cluster.connect(cluster.a(), Transport.WEBSOCKET);
    JavaClient onB = cluster.connect(cluster.b(), Transport.WEBSOCKET);
    onA.call("to", "remote", "before");
    onA.call("remote-join", onB.id(), "remote");
    onA.call("to", "remote", "inside");
    onA.call("remote-leave", onB.id(), "remote");
    onA.call("to", "remote", "after");
    mark(onA);
    assertThat(newsBeforeMark(onB)).containsExactly("inside");
  }

  @Test
  void aClosedRoomIsEmptyOnBothHosts() {
    JavaClient onA = cluster.connect(cluster.a(), Transport.WEBSOCKET);
    JavaClient onB = cluster.connect(cluster.b(), Transport.WEBSOCKET);
    onA.call("join", "closing");
    onB.call("join", "closing");
    onA.call("to", "closing", "inside");
    onA.call("close-room", "closing");
    onA.call("to", "closing", "after");
    mark(onA);
    assertThat(newsBeforeMark(onA)).containsExactly("inside");
    assertThat(newsBeforeMark(onB)).containsExactly("inside");
  }

  @Test
  void aClientOfTheOtherHostIsDisconnectedAfterWhatWasSentToItBefore() {
    JavaClient onA = cluster.connect(cluster.a(), Transport.WEBSOCKET);
    JavaClient onB = cluster.connect(cluster.b(), Transport.WEBSOCKET);
    onA.call("broadcast", "farewell");
    onA.call("remote-disconnect", onB.id());
    onA.call("broadcast", "too late");
    assertThat(onB.awaitEvents("disconnect", 1)).containsExactly(List.of("io server disconnect"));
    assertThat(onB.events("news")).containsExactly(List.of("farewell"));
    assertThat(onA.connected()).isTrue();
  }

  @Test
  void anEmitterProcessReachesTheMembersOfARoomOnBothHosts() throws JSONException {
    JavaClient onA = cluster.connect(cluster.a(), Transport.WEBSOCKET);
    JavaClient onB = cluster.connect(cluster.b(), Transport.POLLING);
    JavaClient other = cluster.connect(cluster.b(), Transport.WEBSOCKET);
    onA.call("join", "prices");
    onB.call("join", "prices");
    emit("--room", "prices", "price", "{\"eur\": 4.2}");
    emit("news", "\"" + MARK + "\"");
    for (JavaClient member : List.of(onA, onB)) {
      newsBeforeMark(member);
      JSONObject price = (JSONObject) member.awaitEvents("price", 1).get(0).get(0);
      assertThat(price.getDouble("eur")).isEqualTo(4.2);
    }
    newsBeforeMark(other);
    assertThat(other.events("price")).isEmpty();
  }

  private static void emit(String... arguments) {
    List<String> options = new ArrayList<>(List.of("emit"));
    options.addAll(List.of(arguments));
    try (ChildProcess emitter = cluster.emitter(options)) {
      emitter.awaitSuccess(TIMEOUT);
    }
  }

  /** Tells everybody that nothing more comes, after all that this client's host emitted before. */
  private static void mark(JavaClient client) {
    client.call("broadcast", MARK);
  }

  private static List<Object> newsBeforeMark(JavaClient client) {
    int count = 1;
    while (!client.awaitEvents("news", count).get(count - 1).equals(List.of(MARK))) {
      count++;
    }
    return client.events("news").subList(0, count - 1).stream().map(news -> news.get(0)).toList();
  }
}
