package io.starling.integration.cluster;

import io.starling.integration.client.JavaScript;
import io.starling.integration.process.ChildProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two server processes, driven by the official JavaScript client in Node. */
final class JavaScriptClientIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  @RegisterExtension static final TestCluster cluster = new TestCluster();

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

  private static ChildProcess scenario(String name, String... producers) {
    List<String> arguments =
        new ArrayList<>(List.of(name, cluster.a().url().toString(), cluster.b().url().toString()));
    arguments.addAll(List.of(producers));
    return JavaScript.installed().start("scenarios.mjs", arguments);
  }

  private static void assertSuccess(ChildProcess process) {
    try (process) {
      process.awaitSuccess(TIMEOUT);
    }
  }
}
