package io.starling.integration.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.starling.integration.process.ChildProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DemoIT {
  @Test
  void bothServersServeThePageUntilATerminationEndsEverything() throws Exception {
    try (Demo demo = Demo.start(Demo.ROOT, Map.of())) {
      assertThat(get(demo.firstPage()).body()).contains("<title>Starling chat</title>");
      HttpResponse<String> script = get(demo.secondPage().resolve("chat.js"));
      assertThat(script.headers().firstValue("Content-Type").orElse("")).contains("javascript");
      List<ProcessHandle> children = demo.descendants();
      assertThat(children).hasSizeGreaterThanOrEqualTo(4);
      demo.process().terminate();
      assertThat(demo.process().awaitExit(Demo.END_TIMEOUT)).isEqualTo(143);
      assertThat(children).noneMatch(ProcessHandle::isAlive);
    }
  }

  @Test
  void theEndOfOneServerEndsTheDemoAndIsExplained() {
    try (Demo demo = Demo.start(Demo.ROOT, Map.of())) {
      List<ProcessHandle> children = demo.descendants();
      demo.firstServer().destroyForcibly();
      assertThat(demo.process().awaitExit(Demo.END_TIMEOUT)).isEqualTo(1);
      assertThat(demo.process().lines())
          .anyMatch(
              line -> line.startsWith("demo: server-" + demo.firstPage().getPort() + " ended"));
      assertThat(children).noneMatch(ProcessHandle::isAlive);
    }
  }

  @Test
  void aKilledDemoLeavesNoProcessBehind() {
    try (Demo demo = Demo.start(Demo.ROOT, Map.of())) {
      List<ProcessHandle> children = demo.descendants();
      demo.process().kill();
      await()
          .atMost(Demo.END_TIMEOUT)
          .untilAsserted(() -> assertThat(children).noneMatch(ProcessHandle::isAlive));
    }
  }

  @Test
  void aTerminationDuringTheBuildEndsTheBuild(@TempDir Path root) throws IOException {
    String maven = "echo building as $$ >&2\nexec sleep 1000\n";
    try (ChildProcess demo = demoWithMaven(root, maven)) {
      String pid =
          demo.awaitLine(Pattern.compile("building as (\\d+)"), Demo.START_TIMEOUT).group(1);
      demo.terminate();
      assertThat(demo.awaitExit(Demo.END_TIMEOUT)).isEqualTo(143);
      assertThat(ProcessHandle.of(Long.parseLong(pid))).isEmpty();
    }
  }

  @Test
  void escapeCodesOfMavenAreNotPrinted(@TempDir Path root) throws IOException {
    String maven = "printf '\\033[0m\\033[0m\\n\\033[1;31mno \\033[mcompiler\\n\\033[0m'\nexit 1\n";
    try (ChildProcess demo = demoWithMaven(root, maven)) {
      assertThat(demo.awaitExit(Demo.END_TIMEOUT)).isEqualTo(1);
      assertThat(demo.lines())
          .containsExactly(
              "demo: building with Maven (the first time takes a few minutes) ...",
              "no compiler",
              "demo: build: failed, Maven said why above");
    }
  }

  /** The script in a folder where everything has to be built, by this. */
  private static ChildProcess demoWithMaven(Path root, String script) throws IOException {
    Files.copy(Demo.ROOT.resolve("demo"), root.resolve("demo"));
    Path maven = Files.createDirectory(root.resolve("bin")).resolve("mvn");
    Files.writeString(maven, "#!/bin/sh\n" + script);
    assertThat(maven.toFile().setExecutable(true)).isTrue();
    String path = maven.getParent() + ":" + System.getenv("PATH");
    return Demo.run(root, Map.of("PATH", path), "--ports", twoFreePorts());
  }

  @Test
  void aPortInUseIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String ports = taken.getLocalPort() + "," + Demo.freePorts(1)[0];
      assertRefused(1, "port: " + taken.getLocalPort() + " is in use", "--ports", ports);
    }
  }

  @Test
  void anUnreachableBrokerIsNamed() {
    String url = "redis://127.0.0.1:" + Demo.freePorts(1)[0];
    assertRefused(1, "server-", "--no-build", "--manager", url, "--ports", twoFreePorts());
  }

  @Test
  void anUnknownOptionIsNamed() {
    assertRefused(2, "option: --colour", "--colour", "blue");
  }

  private static void assertRefused(int status, String reason, String... arguments) {
    try (ChildProcess demo = Demo.run(Demo.ROOT, Map.of(), arguments)) {
      assertThat(demo.awaitExit(Demo.START_TIMEOUT)).as(demo.describe("status")).isEqualTo(status);
      assertThat(demo.lines())
          .filteredOn(line -> !line.startsWith("demo: npm is not on the path"))
          .hasSize(1)
          .allMatch(line -> line.startsWith("demo: " + reason));
    }
  }

  private static String twoFreePorts() {
    int[] ports = Demo.freePorts(2);
    return ports[0] + "," + ports[1];
  }

  private static HttpResponse<String> get(URI uri) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }
}
