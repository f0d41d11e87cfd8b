package io.starling.integration.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.integration.process.ChildProcess;
import io.starling.integration.process.Executables;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a user gets wrong ends the executables with one clear line and a status other than zero. */
final class BadInputIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @Test
  void theServerRefusesAnUnknownOption() {
    assertRefused(server("--prot", "3000"), "--prot");
  }

  @Test
  void theServerRefusesAPortThatIsNone() {
    assertRefused(server("--port", "many"), "many");
  }

  @Test
  void theServerRefusesAnUnknownScheme() {
    assertRefused(server("--port", "0", "--manager", "mqtt://localhost"), "mqtt");
  }

  @Test
  void theServerRefusesToStartWithoutItsBroker() throws IOException {
    int port = unusedPort();
    assertRefused(
        server("--port", "0", "--manager", "redis://:secret@127.0.0.1:" + port),
        "127.0.0.1:" + port);
  }

  @Test
  void theServerRefusesAPortInUse() throws IOException {
    try (ServerSocket taken = new ServerSocket(0)) {
      String port = Integer.toString(taken.getLocalPort());
      assertRefused(server("--port", port), port);
    }
  }

  @Test
  void theEmitterRefusesAnUnknownOption() {
    assertRefused(emitter("--manger", "redis://localhost", "emit", "news", "1"), "--manger");
  }

  @Test
  void theEmitterRefusesAnUnknownScheme() {
    assertRefused(emitter("--manager", "mqtt://localhost", "emit", "news", "1"), "mqtt");
  }

  @Test
  void theEmitterRefusesToGoOnWithoutItsBroker() throws IOException {
    int port = unusedPort();
    assertRefused(
        emitter("--manager", "redis://:secret@127.0.0.1:" + port, "emit", "news", "1"),
        "127.0.0.1:" + port);
  }

  @Test
  void theEmitterRefusesJsonThatDoesNotParse() {
    assertRefused(
        emitter("--manager", "redis://127.0.0.1", "emit", "news", "{\"eur\": 4.2"), "eur");
  }

  private static void assertRefused(ChildProcess process, String named) {
    try (process) {
      int status = process.awaitExit(TIMEOUT);
      assertThat(status).as(() -> process.describe("ended with " + status)).isNotZero();
      assertThat(process.lines())
          .as(() -> process.describe("was refused"))
          .singleElement()
          .asString()
          .contains(named)
          .doesNotContain("Exception", "secret");
    }
  }

  private static ChildProcess server(String... options) {
    return Executables.server("server", List.of(options));
  }

  private static ChildProcess emitter(String... options) {
    return Executables.emitter("emitter", List.of(options));
  }

  private static int unusedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
