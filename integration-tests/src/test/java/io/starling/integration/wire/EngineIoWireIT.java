package io.starling.integration.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a conformance run asserts about Engine.IO, against the endpoint that echoes. */
final class EngineIoWireIT extends EngineIoAssertions {
  private static final String THREE = "4test1\u001e4test2\u001e4test3";
  private static final long MAX_LATENESS_NANOS = 10_000_000;

  EngineIoWireIT() {
    super("/engine.io/");
  }

  @Override
  void assertAnswers(WireWebSocket socket) {
    assertThat(socket.send("4hello").message()).isEqualTo("4hello");
  }

  @Override
  String openLastingPolling() {
    return client.openPolling();
  }

  @Override
  WireWebSocket openLastingWebSocket() {
    return client.openWebSocket();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "[::1]"})
  void bothFamiliesOfAddressesAreServed(String host) {
    WireClient byAddress = new WireClient("/engine.io/", host);

    assertThat(byAddress.get("?EIO=4&transport=polling").statusCode()).isEqualTo(200);
    assertAnswers(byAddress.openWebSocket());
  }

  @Test
  void aMessageComesBackOverPolling() {
    String session = client.openPolling();
    HttpResponse<String> post = client.post(session, "4hello");

    assertThat(post.statusCode()).isEqualTo(200);
    assertThat(post.body()).isEqualTo("ok");
    assertThat(client.messages(session)).isEqualTo("4hello");
  }

  @Test
  void threeMessagesOfOnePostComeBackInOnePoll() {
    String session = client.openPolling();
    client.post(session, THREE);

    assertThat(client.messages(session)).isEqualTo(THREE);
  }

  @Test
  void threeMessagesOfOnePostComeBackTogetherToAPollThatWaits() {
    String session = client.openPolling();
    CompletableFuture<HttpResponse<String>> poll = client.getLater(session);
    after(100, () -> client.post(session, THREE));

    assertThat(poll.join().body()).isEqualTo(THREE);
  }

  @Test
  void bytesComeBackOverPolling() {
    String session = client.openPolling();
    client.post(session, "4hello\u001ebAQIDBA==");

    assertThat(client.messages(session)).isEqualTo("4hello\u001ebAQIDBA==");
  }

  @Test
  void aPacketThatIsNoneEndsAPollingSession() {
    String session = client.openPolling();

    assertThat(client.post(session, "abc").statusCode()).isEqualTo(400);
    assertThat(client.get(session).statusCode()).isEqualTo(400);
  }

  @Test
  void aPollThatIsGivenUpEndsItsSession() {
    String session = client.openPolling();
    CompletableFuture<HttpResponse<String>> poll = client.getLater(session);
    after(50, () -> poll.cancel(true));

    assertThat(after(50, () -> client.get(session)).statusCode()).isEqualTo(400);
  }

  @Test
  void aSecondPollEndsTheSession() {
    String session = client.openPolling();
    CompletableFuture<HttpResponse<String>> first = client.getLater(session);
    HttpResponse<String> second = after(50, () -> client.get(session));

    assertThat(first.join().statusCode()).isEqualTo(200);
    assertThat(first.join().body()).isEqualTo("1");
    assertThat(second.statusCode()).isEqualTo(400);
    assertThat(client.get(session).statusCode()).isEqualTo(400);
  }

  @Test
  void textComesBackOverAWebSocket() {
    assertAnswers(client.openWebSocket());
  }

  @Test
  void bytesComeBackAsAFrameOfBytes() {
    assertThat(client.openWebSocket().sendBinary(1, 2, 3, 4).message())
        .isEqualTo("binary 01020304");
  }

  @Test
  void aPacketThatIsNoneClosesAWebSocket() {
    assertThat(client.openWebSocket().send("abc").message()).isEqualTo("closed 1005");
  }

  @Test
  void twentyPollingSessionsAreAllGoneExactlyHalfASecondAfterTheirHandshakes() {
    List<CompletableFuture<Integer>> statuses =
        IntStream.range(0, 20).mapToObj(i -> statusHalfASecondAfterHandshake()).toList();

    assertThat(statuses).allSatisfy(status -> assertThat(status.join()).isEqualTo(400));
  }

  private CompletableFuture<Integer> statusHalfASecondAfterHandshake() {
    String session = client.openPolling();
    return CompletableFuture.supplyAsync(
        () -> client.get(session).statusCode(),
        CompletableFuture.delayedExecutor(500, TimeUnit.MILLISECONDS));
  }

  /** A machine that is busy delays whatever it likes, but not three measurements in a row. */
  @Test
  void pingsAreNeverEarlyAndInTheMedianTenMillisecondsLateAtMost() {
    long medianNanos = medianLatenessNanos();
    for (int again = 0; again < 2 && medianNanos > MAX_LATENESS_NANOS; again++) {
      medianNanos = medianLatenessNanos();
    }

    assertThat(medianNanos).isLessThanOrEqualTo(MAX_LATENESS_NANOS);
  }

  private long medianLatenessNanos() {
    List<Long> lateNanos = new ArrayList<>();
    WireWebSocket socket = client.openWebSocket();
    assertThat(socket.next()).isEqualTo("2");
    for (int i = 0; i < 20; i++) {
      long answered = System.nanoTime();
      WireWebSocket.Received ping = socket.send("3").take();
      assertThat(ping.text()).isEqualTo("2");
      lateNanos.add(ping.atNanos() - answered - ConformanceServer.PING_INTERVAL.toNanos());
    }
    socket.abort();
    assertThat(lateNanos).allSatisfy(late -> assertThat(late).isNotNegative());
    return lateNanos.stream().sorted().toList().get(lateNanos.size() / 2);
  }
}
