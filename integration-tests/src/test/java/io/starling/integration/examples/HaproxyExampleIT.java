package io.starling.integration.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.starling.integration.OptionalTool;
import io.starling.integration.broker.Ports;
import io.starling.integration.broker.TestBroker;
import io.starling.integration.client.JavaClient;
import io.starling.integration.client.JavaClient.Transport;
import io.starling.integration.process.ChildProcess;
import io.starling.manager.HostId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.json.JSONObject;
import org.junit.jupiter.api.Test;

/** {@code examples/haproxy/run}, on ports of the test's. */
final class HaproxyExampleIT {
  private static final Duration STARTS_WITHIN = Duration.ofMinutes(2);
  private static final Duration ENDS_WITHIN = Duration.ofSeconds(30);

  @Test
  void twoServersBehindHaproxyAreOneChat() throws Exception {
    OptionalTool.require("haproxy");
    List<Integer> ports = List.of(Ports.free(), Ports.free(), Ports.free());
    try (TestBroker broker = TestBroker.redis();
        ChildProcess example = start(broker, ports)) {
      try {
        assertOneChat(ports, example);
      } finally {
        example.terminate();
        example.awaitExit(ENDS_WITHIN);
      }
    }
    assertThat(ports).noneMatch(HaproxyExampleIT::listens);
  }

  private static void assertOneChat(List<Integer> ports, ChildProcess example) throws Exception {
    await().atMost(STARTS_WITHIN).until(() -> ports.stream().allMatch(HaproxyExampleIT::listens));
    URI url = URI.create("http://localhost:" + ports.get(0));
    try (JavaClient ann = JavaClient.connect(url, Transport.WEBSOCKET);
        JavaClient bob = JavaClient.connect(url, Transport.WEBSOCKET)) {
      assertThat(host(ann)).isNotEqualTo(host(bob));
    }
    assertThat(example.isAlive()).as(example.describe("ended")).isTrue();
  }

  private static ChildProcess start(TestBroker broker, List<Integer> ports) {
    String chosen = ports.stream().map(String::valueOf).collect(Collectors.joining(" "));
    return ChildProcess.start(
        "examples/haproxy/run",
        List.of(
            "env",
            "STARLING_MANAGER=" + broker.url(HostId.random().value()),
            "PORTS=" + chosen,
            "bash",
            "../examples/haproxy/run"));
  }

  /** Which server greeted a client. */
  private static Object host(JavaClient client) throws Exception {
    return ((JSONObject) client.awaitEvents("welcome", 1).get(0).get(0)).get("host").toString();
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }
}
