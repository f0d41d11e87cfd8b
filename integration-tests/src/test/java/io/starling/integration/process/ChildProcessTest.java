package io.starling.integration.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class ChildProcessTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  @Test
  void givesTheLineThatIsAwaited() {
    try (ChildProcess child = shell("echo one; echo port 4711; read forever")) {
      assertThat(child.awaitLine(Pattern.compile("port (\\d+)"), TIMEOUT).group(1))
          .isEqualTo("4711");
    }
  }

  @Test
  void tellsTheOutputOfAProgramThatEndsTooEarly() {
    try (ChildProcess child = shell("echo no such file >&2; exit 3")) {
      assertThatThrownBy(() -> child.awaitLine(Pattern.compile("ready"), TIMEOUT))
          .hasMessageContaining("did not print ready")
          .hasMessageContaining("no such file");
      assertThat(child.awaitExit(TIMEOUT)).isEqualTo(3);
    }
  }

  @Test
  void leavesNoProcessBehindWhenClosed() {
    ChildProcess child = shell("exec sleep 1000");
    child.close();
    assertThat(ProcessHandle.of(child.pid())).isEmpty();
  }

  @Test
  void leavesNoProcessBehindWhenTheJvmIsKilled() {
    try (ChildProcess jvm =
        ChildProcess.start(
            "parent",
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ChildProcessTest.class.getName()))) {
      long orphan = Long.parseLong(jvm.awaitLine(Pattern.compile("pid (\\d+)"), TIMEOUT).group(1));
      assertThat(ProcessHandle.of(orphan)).isPresent();
      jvm.kill();
      await().atMost(TIMEOUT).until(() -> ProcessHandle.of(orphan).isEmpty());
    }
  }

  /** The JVM of the test above: starts a child, tells its process id, and waits to be killed. */
  @SuppressWarnings("resource") // that nobody closes the child is the point
  public static void main(String[] arguments) {
    ChildProcess child = shell("exec sleep 1000");
    System.out.println("pid " + child.pid());
    child.awaitExit(Duration.ofMinutes(10));
  }

  private static ChildProcess shell(String script) {
    return ChildProcess.start("shell", List.of("sh", "-c", script));
  }
}
