package io.starling.integration.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.integration.broker.TestBroker.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TestBrokerIT {
  private static final Kind KIND =
      new Kind(
          "Some", "STARLING_TEST_SOME", () -> new Fake("container"), () -> new Fake("embedded"));

  @Test
  void takesTheBrokerThatTheEnvironmentNames() {
    Map<String, String> environment = Map.of("STARLING_TEST_SOME", "redis://example:1/?a=b");
    try (TestBroker broker = TestBroker.open(KIND, environment, () -> true)) {
      assertThat(broker.url()).isEqualTo("redis://example:1/?a=b");
      assertThat(broker.url("mine")).isEqualTo("redis://example:1/?a=b&prefix=mine");
    }
  }

  @Test
  void takesAContainerWhereDockerAnswers() {
    try (TestBroker broker = TestBroker.open(KIND, Map.of(), () -> true)) {
      assertThat(broker.url("mine")).isEqualTo("container?prefix=mine");
    }
  }

  @Test
  void takesAnEmbeddedOneOtherwise() {
    try (TestBroker broker = TestBroker.open(KIND, Map.of("STARLING_TEST_SOME", ""), () -> false)) {
      assertThat(broker.url()).isEqualTo("embedded");
    }
  }

  @Test
  void anEmbeddedRedisStartsAgainOnTheSamePortAfterAKill() throws IOException {
    try (EmbeddedRedis redis = EmbeddedRedis.start()) {
      int port = redis.port();
      redis.kill();
      redis.restart();
      assertThat(ping(port)).isEqualTo("+PONG");
    }
  }

  private static String ping(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII);
    }
  }

  private record Fake(String url) implements TestBroker.Running {
    @Override
    public void close() {}
  }
}
