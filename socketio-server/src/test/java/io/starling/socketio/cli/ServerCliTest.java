package io.starling.socketio.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.starling.socketio.settings.ServerSetting;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ServerCliTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void allFaultsOfAllSourcesAreListedAtOnce(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("starling.properties");
    Files.writeString(file, "starling.ping-timeout=soon\nstarling.prot=1\n");
    int status =
        status(
            Map.of("STARLING_PORT", "99999"),
            "--manager=foo://",
            "--config",
            file.toString(),
            "--pot",
            "1",
            "--static",
            "/a=/does/not/exist",
            "--log-level",
            "loud");
    assertThat(status).isEqualTo(2);
    assertThat(lines(err))
        .map(line -> line.replaceFirst("(?<=foo://) .*", ""))
        .containsExactlyInAnyOrder(
            "--pot: unknown (expected: --port?)",
            "starling.prot: unknown (expected: starling.port?)",
            "port: 99999 (expected: 0 to 65535)",
            "ping-timeout: soon (expected: such as 25s or 500ms, more than 0, at most 24h)",
            "manager: foo://",
            "static: /does/not/exist (expected: a file or directory that exists)",
            "log-level: loud (expected: trace, debug, info, warn, error or off)");
  }

  @Test
  void whatIsWrongWithAUrlIsAmongTheFaults() {
    int status = status(Map.of("STARLING_MANAGER", "redis://h?colour=red"), "--port=-1");
    assertThat(status).isEqualTo(2);
    assertThat(lines(err))
        .map(line -> line.replaceFirst(" .*", ""))
        .containsExactly("port:", "url");
  }

  @Test
  void whatTheLocaleCouldNotDecodeIsAFault() {
    assertThat(status(Map.of(), "--path", "/caf\ufffd/")).isEqualTo(2);
    assertThat(lines(err))
        .containsExactly(
            "command line: unreadable characters (expected: text in the encoding of the locale; set"
                + " LC_ALL=C.UTF-8, or use a properties file)");
  }

  @Test
  void aFileThatNamesAnotherIsAFault(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("a.properties"), "starling.config=b.properties\n");
    assertThat(status(Map.of(), "--config", file.toString())).isEqualTo(2);
    assertThat(lines(err))
        .containsExactly("config: " + file + " (expected: a file that names no other)");
  }

  @Test
  void printConfigShowsEachValueAndItsSourceWithoutSecrets(@TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("starling.properties");
    Files.writeString(file, "starling.ping-interval=30s\nstarling.port=1\n");
    int status =
        status(
            Map.of(
                "STARLING_MANAGER",
                "redis://me:pass@h?secret=0123456789abcdef",
                "STARLING_PORT",
                "2"),
            "--port=3",
            "--config=" + file,
            "--print-config");
    assertThat(status).isZero();
    assertThat(lines(out))
        .hasSize(ServerSetting.values().length)
        .contains(
            "starling.port=3 (command line)",
            "starling.manager=redis://***@h?secret=*** (environment)",
            "starling.ping-interval=30s (file)",
            "starling.ping-timeout=20s (default)");
    assertThat(lines(err)).isEmpty();
  }

  @Test
  void printConfigOfAFaultyConfigurationTellsTheFaults() {
    assertThat(status(Map.of(), "--print-config", "--port=x")).isEqualTo(2);
    assertThat(lines(out)).isEmpty();
    assertThat(lines(err)).containsExactly("port: x (expected: 0 to 65535)");
  }

  @Test
  void missingConfigFileIsAFault() {
    assertThat(status(Map.of(), "--config", "/does/not/exist")).isEqualTo(2);
    assertThat(lines(err))
        .containsExactly("config: /does/not/exist (expected: a file or directory that exists)");
  }

  @Test
  void optionWithoutItsValueIsAFault() {
    assertThat(status(Map.of(), "--port")).isEqualTo(2);
    assertThat(lines(err)).hasSize(1).first().asString().contains("--port");
  }

  @Test
  void commandLineGoesBeforeEnvironmentBeforeFile(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("starling.properties");
    Files.writeString(
        file, "starling.port=a\nstarling.ping-interval=b\nstarling.connect-timeout=c\n");
    status(
        Map.of(
            "STARLING_CONFIG",
            file.toString(),
            "STARLING_PORT",
            "d",
            "STARLING_PING_INTERVAL",
            "e"),
        "--port",
        "f");
    assertThat(lines(err))
        .map(line -> line.replaceFirst(" \\(.*", ""))
        .containsExactlyInAnyOrder("port: f", "ping-interval: e", "connect-timeout: c");
  }

  @Test
  void aKeystoreThatDoesNotOpenIsOneLineWithoutItsPassword(@TempDir Path folder)
      throws IOException {
    Path file = Files.writeString(folder.resolve("server.p12"), "nonsense");
    assertThat(
            status(
                Map.of("STARLING_TLS_KEYSTORE_PASSWORD", "opensesame"),
                "--port=0",
                "--tls-keystore",
                file.toString()))
        .isEqualTo(1);
    assertThat(lines(err))
        .containsExactly(
            "tls-keystore: "
                + file
                + " (expected: a PKCS12 or JKS file with a private key, and its password)");
  }

  @Test
  void helpNamesEverySetting() {
    assertThat(status(Map.of(), "--help")).isZero();
    String help = out.toString(UTF_8);
    for (ServerSetting setting : ServerSetting.values()) {
      assertThat(help).contains(setting.option() + "=");
    }
  }

  @Test
  void versionIsOneLine() {
    assertThat(status(Map.of(), "--version")).isZero();
    assertThat(lines(out)).hasSize(1);
  }

  private int status(Map<String, String> environment, String... arguments) {
    ServerCli cli =
        new ServerCli(
            environment, new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8));
    ServerCli.Outcome outcome = cli.run(arguments);
    assertThat(outcome.server()).isEmpty();
    return outcome.status();
  }

  private static List<String> lines(ByteArrayOutputStream stream) {
    return stream.toString(UTF_8).lines().toList();
  }
}
