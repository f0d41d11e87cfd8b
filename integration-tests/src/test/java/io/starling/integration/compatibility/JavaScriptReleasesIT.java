package io.starling.integration.compatibility;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.starling.integration.client.JavaScript;
import io.starling.integration.process.ChildProcess;
import io.starling.integration.process.ServerProcess;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Releases of the official JavaScript client, in each transport mode. One Node process runs them
 * all at once; each test waits for its line. The releases are in {@code js/package.json}, what they
 * do in {@code js/steps.mjs}.
 */
final class JavaScriptReleasesIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private static @Nullable ServerProcess server;
  private static @Nullable ChildProcess matrix;

  @BeforeAll
  static void startTheServer() {
    // Pings in the midst of everything else. Of a client that is cut between two polls nothing but
    // its silence tells the server: after six seconds, which the steps wait for.
    server =
        ServerProcess.start(
            "server", 0, "memory://", "--ping-interval", "1s", "--ping-timeout", "5s");
  }

  @AfterAll
  static void end() {
    if (matrix != null) {
      matrix.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "client-3-1, default",
    "client-3-1, websocket",
    "client-3-1, polling",
    "client-4-0, default",
    "client-4-0, websocket",
    "client-4-0, polling",
    "client-4-5, default",
    "client-4-5, websocket",
    "client-4-5, polling",
    "socket.io-client, default",
    "socket.io-client, websocket",
    "socket.io-client, polling",
  })
  void everyReleaseWorksInEveryMode(String release, String mode) {
    Pattern result = Pattern.compile("^" + Pattern.quote(release + " " + mode) + " (.*)");
    assertThat(matrix().awaitLine(result, TIMEOUT).group(1)).isEqualTo("passed");
  }

  @Test
  void protocol3IsRefusedOverBothTransports() {
    try (ChildProcess script = JavaScript.installed().start("refused.mjs", url())) {
      script.awaitSuccess(TIMEOUT);
    }
  }

  /** Started by the first test, where a missing tool can be skipped. */
  private static ChildProcess matrix() {
    ChildProcess running = matrix;
    if (running == null) {
      running = JavaScript.installed().start("matrix.mjs", url());
      matrix = running;
    }
    return running;
  }

  private static List<String> url() {
    return List.of(requireNonNull(server).url().toString());
  }
}
