package io.starling.integration.cluster;

import io.starling.integration.OptionalTool;
import io.starling.integration.process.ChildProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two server processes, driven by the official JavaScript client in Node. */
final class JavaScriptClientIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final Path DIRECTORY = Path.of(System.getProperty("starling.javascript", "js"));

  @RegisterExtension static final TestCluster cluster = new TestCluster();

  private String node = "";

  @BeforeEach
  void installTheClient() {
    node = OptionalTool.require("node").toString();
    if (!Files.isDirectory(DIRECTORY.resolve("node_modules/socket.io-client"))) {
      String npm = OptionalTool.require("npm").toString();
      assertSuccess(
          ChildProcess.start(
              "npm ci", List.of(npm, "--prefix", DIRECTORY.toString(), "--no-audit", "ci")));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "default-settings",
        "websocket-only",
        "polling-only",
        "binary-over-polling",
        "binary-over-websocket",
        "acks-both-ways",
        "namespaces",
        "connect-error",
        "rooms-across-hosts"
      })
  void theOfficialClientWorks(String scenario) {
    assertSuccess(scenario(scenario));
  }

  @Test
  void threeStreamsArriveCompleteAndInOrderWhileClientsUpgrade() {
    try (ChildProcess scenario = scenario("ordered-streams", "emitter")) {
      scenario.awaitLine(Pattern.compile("listening"), TIMEOUT);
      try (ChildProcess emitter = cluster.streamEmitter(1_000)) {
        emitter.awaitSuccess(TIMEOUT);
      }
      assertSuccess(scenario);
    }
  }

  private ChildProcess scenario(String name, String... producers) {
    List<String> command =
        new ArrayList<>(
            List.of(
                node,
                DIRECTORY.resolve("scenarios.mjs").toString(),
                name,
                cluster.a().url().toString(),
                cluster.b().url().toString()));
    command.addAll(List.of(producers));
    return ChildProcess.start(name, command);
  }

  private static void assertSuccess(ChildProcess process) {
    try (process) {
      process.awaitSuccess(TIMEOUT);
    }
  }
}
