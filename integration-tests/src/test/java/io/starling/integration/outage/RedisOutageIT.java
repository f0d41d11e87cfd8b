package io.starling.integration.outage;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.integration.broker.EmbeddedRedis;
import io.starling.integration.broker.KillableBroker;
import io.starling.integration.process.ChildProcess;
import io.starling.integration.process.TcpProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class RedisOutageIT extends BrokerOutageScenarios {
  @Override
  KillableBroker startBroker() {
    return EmbeddedRedis.start();
  }

  @Override
  Proxied startBehindProxy() {
    EmbeddedRedis redis = EmbeddedRedis.start();
    TcpProxy proxy = TcpProxy.open(redis.port());
    return new Proxied(redis, proxy, "redis://127.0.0.1:" + proxy.port());
  }

  @Test
  void theClientWarnsOfNothingWhileItConnectsAgainAndAgain() {
    try (Proxied behind = startBehindProxy();
        ChildProcess probe =
            ChildProcess.start(
                "probe",
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    BackendProbe.class.getName(),
                    behind.url()))) {
      probe.awaitLine(Pattern.compile("connected"), Duration.ofSeconds(20));
      for (int i = 0; i < 3; i++) {
        behind.proxy().cut();
        patiently().until(() -> connections(behind.broker()) == 2);
      }
      probe.input(List.of());
      probe.awaitSuccess(Duration.ofSeconds(20));
      assertThat(probe.lines()).noneMatch(line -> line.contains(" WARN "));
    }
  }

  @Override
  void assertOnlyTwoHostsOn(KillableBroker broker) {
    assertThat(connections(broker)).isEqualTo(4);
  }

  @Override
  void assertNothingLeftOn(KillableBroker broker) {
    patiently().untilAsserted(() -> assertThat(connections(broker)).isZero());
  }

  /** All but the one that asks. */
  private static long connections(KillableBroker broker) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), broker.port())) {
      socket.getOutputStream().write("CLIENT LIST\r\nQUIT\r\n".getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      return answer.lines().filter(line -> line.startsWith("id=")).count() - 1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
