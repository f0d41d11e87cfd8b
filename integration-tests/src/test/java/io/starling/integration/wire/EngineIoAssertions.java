package io.starling.integration.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a conformance run asserts about Engine.IO at both endpoints. */
@Repeated
abstract class EngineIoAssertions {
  private static final String KEYS =
      "\"pingInterval\":300,\"pingTimeout\":200,\"maxPayload\":1000000}";

  final WireClient client;

  EngineIoAssertions(String path) {
    this.client = new WireClient(path);
  }

  /** Asserts that the session over a WebSocket still answers. */
  abstract void assertAnswers(WireWebSocket socket);

  /** Opens a polling session that heartbeats alone keep alive, and gives its query. */
  abstract String openLastingPolling();

  /** Opens such a session over a WebSocket. */
  abstract WireWebSocket openLastingWebSocket();

  @Test
  void aPollingHandshakeHasTheFiveKeysInTheirOrder() {
    HttpResponse<String> response = client.get("?EIO=4&transport=polling");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body())
        .matches("0\\{\"sid\":\"[\\w-]{20}\",\"upgrades\":\\[\"websocket\"]," + keys());
  }

  @Test
  void aWebSocketHandshakeOffersNoUpgrade() {
    WireWebSocket socket = client.connect("?EIO=4&transport=websocket");

    assertThat(socket.next()).matches("0\\{\"sid\":\"[\\w-]{20}\",\"upgrades\":\\[]," + keys());
  }

  private static String keys() {
    return KEYS.replace("}", "\\}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"?transport=polling", "?EIO=abc&transport=polling"})
  void aPollingHandshakeOfAnotherVersionIsRefused(String query) {
    assertRefused(client.get(query), 5, "Unsupported protocol version");
  }

  @ParameterizedTest
  @ValueSource(strings = {"?EIO=4", "?EIO=4&transport=abc"})
  void aPollingHandshakeOfAnotherTransportIsRefused(String query) {
    assertRefused(client.get(query), 0, "Transport unknown");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT"})
  void aHandshakeByAnotherMethodIsRefused(String method) {
    HttpResponse<String> response = client.request(method, "?EIO=4&transport=polling", "x");

    assertRefused(response, 2, "Bad handshake method");
  }

  private static void assertRefused(HttpResponse<String> response, int code, String message) {
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body())
        .isEqualTo("{\"code\":" + code + ",\"message\":\"" + message + "\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "?transport=websocket",
        "?EIO=abc&transport=websocket",
        "?EIO=4",
        "?EIO=4&transport=abc"
      })
  void aBadHandshakeOverAWebSocketIsRefused(String query) {
    assertThatThrownBy(() -> client.connect(query)).isInstanceOf(CompletionException.class);
  }

  @Test
  void aPollingSessionLivesAsLongAsItAnswersPings() {
    String session = openLastingPolling();
    for (int i = 0; i < 3; i++) {
      assertThat(client.get(session).body()).isEqualTo("2");
      assertThat(client.post(session, "3").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aPollingSessionIsGoneExactlyHalfASecondAfterItsHandshake() {
    String session = client.openPolling();

    assertThat(after(500, () -> client.get(session)).statusCode()).isEqualTo(400);
  }

  /** Does something when so much time has passed. */
  static <T> T after(int millis, Supplier<T> action) {
    return CompletableFuture.supplyAsync(
            action, CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS))
        .join();
  }

  @Test
  void aWebSocketSessionLivesAsLongAsItAnswersPings() {
    WireWebSocket socket = openLastingWebSocket();
    for (int i = 0; i < 3; i++) {
      assertThat(socket.next()).isEqualTo("2");
      socket.send("3");
    }
  }

  @Test
  void aSilentWebSocketIsClosed() {
    WireWebSocket socket = client.openWebSocket();

    assertThat(socket.next()).isEqualTo("2");
    assertThat(socket.next()).isEqualTo("closed 1005");
  }

  @Test
  void aPollingClientMayCloseAndGetsItsPollAnswered() {
    String session = client.openPolling();
    CompletableFuture<HttpResponse<String>> poll = client.getLater(session);
    assertThat(after(100, () -> client.post(session, "1")).statusCode()).isEqualTo(200);

    assertThat(poll.join().statusCode()).isEqualTo(200);
    assertThat(poll.join().body()).isEqualTo("6");
    assertThat(client.get(session).statusCode()).isEqualTo(400);
  }

  @Test
  void aWebSocketClientMayCloseByAPacket() {
    assertThat(client.openWebSocket().send("1").next()).isEqualTo("closed 1005");
  }

  @Test
  void aSessionMovesToAWebSocket() {
    String session = client.openPolling();
    WireWebSocket socket = client.connect(WireClient.webSocket(WireClient.sid(session)));
    CompletableFuture<HttpResponse<String>> poll = client.getLater(session);
    socket.send("2probe");

    assertThat(socket.next()).isEqualTo("3probe");
    assertThat(poll.join().statusCode()).isEqualTo(200);
    assertThat(poll.join().body()).isEqualTo("6");
    socket.send("5");
    assertAnswers(socket);
  }

  @Test
  void afterTheUpgradePollsAreRefusedAndTheWebSocketAnswers() {
    String session = client.openPolling();
    WireWebSocket socket = upgraded(session);

    assertThat(client.get(session).statusCode()).isEqualTo(400);
    assertAnswers(socket);
  }

  @Test
  void aSecondWebSocketIsClosedAndTheFirstAnswers() {
    String session = client.openPolling();
    WireWebSocket first = upgraded(session);
    WireWebSocket second = client.connect(WireClient.webSocket(WireClient.sid(session)));

    assertThat(second.next()).isEqualTo("closed 1005");
    assertAnswers(first);
  }

  private WireWebSocket upgraded(String session) {
    WireWebSocket socket = client.connect(WireClient.webSocket(WireClient.sid(session)));
    socket.send("2probe").send("5");
    assertThat(socket.next()).isEqualTo("3probe");
    return socket;
  }
}
