package io.starling.integration.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TestRedisIT {
  @Test
  void takesTheBrokerThatTheEnvironmentNames() {
    Map<String, String> environment = Map.of(TestRedis.VARIABLE, "redis://example:1/?a=b");
    try (TestRedis redis = TestRedis.open(environment, TestRedisIT::unexpected)) {
      assertThat(redis.url()).isEqualTo("redis://example:1/?a=b");
      assertThat(redis.url("mine")).isEqualTo("redis://example:1/?a=b&prefix=mine");
    }
  }

  @Test
  void startsABrokerOfItsOwnOtherwise() throws IOException {
    EmbeddedRedis embedded = EmbeddedRedis.start();
    try (TestRedis redis = TestRedis.open(Map.of(), () -> embedded)) {
      assertThat(redis.url()).isEqualTo("redis://127.0.0.1:" + embedded.port());
      assertThat(ping(embedded.port())).isEqualTo("+PONG");
    }
  }

  @Test
  void startsAgainOnTheSamePortAfterAKill() throws IOException {
    try (EmbeddedRedis redis = EmbeddedRedis.start()) {
      int port = redis.port();
      redis.kill();
      redis.restart();
      assertThat(ping(port)).isEqualTo("+PONG");
    }
  }

  private static EmbeddedRedis unexpected() {
    throw new AssertionError("no embedded broker is wanted here");
  }

  private static String ping(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII);
    }
  }
}
