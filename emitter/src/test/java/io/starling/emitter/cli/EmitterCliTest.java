package io.starling.emitter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class EmitterCliTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Map<String, String> environment = new HashMap<>();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "emit x",
        "--manager",
        "--manager redis://h",
        "--manager redis://h emit",
        "--manager redis://h emit --rom news x",
        "--manager redis://h fly",
        "--manager redis://h join",
        "--manager nothing emit x",
        "--manager pigeon://h emit x",
        "--manager redis://a,b emit x",
        "--manager redis://h?colour=red emit x",
        "--manager redis://h emit x {",
        "--manager redis://h emit x 1 nonsense",
        "--manager redis://h emit x @/does/not/exist",
        "--manager redis://h emit x --timeout 1s",
        "--manager redis://h emit x --ack --timeout 10",
        "--manager redis://h send nonsense",
        "--manager redis://h leave",
        "--manager redis://h close-room",
        "--manager redis://h close-room a b",
        "--manager redis://h disconnect a",
        "--manager redis://h count --timeout 0s",
        "--manager redis://h fetch a",
        "--manager redis://h hosts a",
        "--manager redis://h watch --lines 0",
        "--manager redis://h watch --lines many",
        "--manager redis://h watch --for ever",
        "--manager redis://h --log-level loud emit x"
      })
  void whatMakesNoSenseIsOneLineAndStatusTwo(String line) {
    assertThat(run(line)).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("emitter: ")
        .contains("(expected: ")
        .hasLineCount(1)
        .doesNotContain("Exception", "\tat ");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void anArgumentThatIsNoJsonIsNamedWithTheFaultsPosition() {
    run("--manager redis://h emit x 1 {\"a\":nope}");
    assertThat(err.toString())
        .startsWith("emitter: argument 2: {\"a\":nope} (expected: JSON; character ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--manager redis://h emit x \"\ufffd\"",
        "--manager redis://h emit \ufffd 1",
        "--manager redis://h join --room a b\ufffd",
        "--manager redis://:p\ufffd@h emit x 1"
      })
  void whatTheLocaleCouldNotDecodeIsRefusedAndNotQuoted(String line) {
    assertThat(run(line)).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("emitter: word ")
        .contains("unreadable characters", "LC_ALL=C.UTF-8", "@FILE")
        .hasLineCount(1)
        .doesNotContain("\ufffd");
  }

  @Test
  void anArgumentBeyondAsciiIsRefusedUnderThePosixLocale() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            "sh",
            "-c",
            "exec \"$@\" \"$(printf '\\042\\303\\251\\042')\"",
            "sh",
            ProcessHandle.current().info().command().orElseThrow(),
            "-cp",
            System.getProperty("java.class.path"),
            EmitterCli.class.getName(),
            "--manager",
            "redis://127.0.0.1:1",
            "emit",
            "x");
    builder.environment().put("LC_ALL", "POSIX");
    Process process = builder.start();
    String said = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(said).startsWith("emitter: word 5 of the command line: unreadable characters");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--manger redis://ann:secret@h emit x",
        "--manager pigeon://ann:secret@h emit x",
        "--manager redis://h?secret=secret&colour=red emit x",
        "emit x --manager redis://ann:secret@h --rom a"
      })
  void aSecretOfTheCommandLineIsNotShown(String line) {
    assertThat(run(line)).isEqualTo(2);
    assertThat(err.toString()).hasLineCount(1).doesNotContain("=secret", ":secret");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void eachCommandExplainsItselfWithExamples(String command) {
    assertThat(run(command + " --help")).isZero();
    assertThat(out.toString()).contains("Usage: emitter " + command, "Examples:", "--manager");
    assertThat(err.toString()).isEmpty();
  }

  static Set<String> commands() {
    return EmitterCli.commandLine(Map.of()).getSubcommands().keySet();
  }

  @Test
  void anUnknownSchemeListsTheKnownOnes() {
    run("--manager pigeon://h emit x");
    assertThat(err.toString()).contains("pigeon", "redis", "rediss", "redis-socket");
  }

  @Test
  void helpAndVersionGoToTheOutput() {
    assertThat(run("--help")).isZero();
    assertThat(run("emit --help")).isZero();
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).contains("--manager", "--room", "close-room", "Starling emitter");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void commandLineGoesBeforeEnvironmentBeforeFile(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("starling.properties");
    Files.writeString(file, "starling.manager=file://h\nstarling.port=3000\n");
    environment.put("STARLING_PORT", "3000");

    assertThat(scheme("--config " + file + " emit x")).isEqualTo("file");
    environment.put("STARLING_CONFIG", file.toString());
    assertThat(scheme("emit x")).isEqualTo("file");
    environment.put("STARLING_MANAGER", "environment://h");
    assertThat(scheme("emit x")).isEqualTo("environment");
    assertThat(scheme("emit --manager option://h x")).isEqualTo("option");
    assertThat(scheme("emit x --manager option://h")).isEqualTo("option");
    assertThat(scheme("--manager option://h emit x")).isEqualTo("option");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "emit x",
        "send",
        "join a",
        "leave a",
        "close-room a",
        "disconnect",
        "count",
        "fetch",
        "hosts",
        "watch"
      })
  void eachCommandTakesTheManagerBeforeAndAfterItAndFromTheEnvironment(String command) {
    assertThat(scheme("--manager option://h " + command)).isEqualTo("option");
    assertThat(scheme(command + " --manager option://h")).isEqualTo("option");
    environment.put("STARLING_MANAGER", "environment://h");
    assertThat(scheme(command)).isEqualTo("environment");
  }

  @Test
  void theLogLevelIsASettingToo() {
    environment.put("STARLING_LOG_LEVEL", "loud");
    assertThat(run("--manager redis://h emit x")).isEqualTo(2);
    assertThat(err.toString()).startsWith("emitter: --log-level: loud (expected: ");
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    assertThat(run("--config /does/not/exist emit x")).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("emitter: --config: /does/not/exist (expected: a properties file in UTF-8)");
  }

  /** Which manager was meant: none of these schemes exists, which the message says. */
  private String scheme(String line) {
    err.getBuffer().setLength(0);
    assertThat(run(line)).isEqualTo(2);
    return err.toString().replaceFirst("(?s)emitter: [a-z]+: ([a-z]+)://.*", "$1");
  }

  private int run(String line) {
    CommandLine command = EmitterCli.commandLine(environment);
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return command.execute(line.isEmpty() ? new String[0] : line.split(" ", -1));
  }
}
