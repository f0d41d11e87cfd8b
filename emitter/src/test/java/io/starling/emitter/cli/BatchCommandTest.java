package io.starling.emitter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What the command line of {@code batch} refuses, and what its help shows. */
class BatchCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path folder = Path.of("");
  private Path input = Path.of("");

  @BeforeEach
  void writeInput() throws IOException {
    input = Files.writeString(folder.resolve("prices.csv"), "name,eur\npear,1.20\n");
  }

  private int run(String options, String... more) {
    List<String> arguments = new ArrayList<>(List.of("--manager", "redis://127.0.0.1:1", "batch"));
    arguments.addAll(options.isEmpty() ? List.of() : List.of(options.split(" ", -1)));
    arguments.addAll(List.of(more));
    CommandLine program = EmitterCli.commandLine(Map.of());
    program.setOut(new PrintWriter(out, true));
    program.setErr(new PrintWriter(err, true));
    return program.execute(arguments.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/does/not/exist|/does/not/exist: not readable (expected: a file)",
        "/|/: not readable (expected: a file)",
        "--csv|--event: none (expected: the name of the event, or a --template)",
        "--template {}|--template: given alone (expected: with --csv, --text or --json)",
        "--csv --text --event x|--csv, --text",
        "--on-bad-line stop|--on-bad-line",
        "--wait 5|--wait: 5 (expected: a number above 0 and ms, s, m or h, such as 10s)",
        "--wait 0s|--wait: 0s (expected: a number above 0 and ms, s, m or h, such as 10s)",
        "--rate -1|--rate: -1 (expected: at least 0)",
        "--csv --event x --separator ab|--separator: ab (expected: one character, or tab)",
        "--job j|--job: given alone (expected: with --checkpoint or --resume)",
        "--checkpoint /tmp/x --job j|--job: - (expected: a regular file, which can be read again)",
        "--checkpoint a --resume b|--checkpoint: given with --resume (expected: one of them)",
        "--resume /does/not/exist|--resume: /does/not/exist (expected: a file that --checkpoint wrote)",
      })
  void whatMakesNoSenseIsStatusTwoAndSaysWhatIsExpected(String options, String message) {
    assertThat(run(options)).isEqualTo(2);
    assertThat(err.toString()).startsWith("emitter: ").contains(message);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aTemplateThatTheHeaderDoesNotFitIsStatusTwoWithoutABroker() {
    String template = "{\"event\":\"x\",\"args\":[\"${nam}\"]}";

    assertThat(run("--csv --template", template, input.toString())).isEqualTo(2);
    assertThat(err.toString())
        .isEqualTo("emitter: line 1: template: ${nam} (expected: one of name, eur)\n");
  }

  @Test
  void aHostileHeaderTellsATerminalNothing() throws IOException {
    Files.writeString(input, "a\u001b[2J,a\u001b[2J\npear,1.20\n");

    assertThat(run("--csv --event x", input.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("a?[2J").doesNotContain("\u001b");
  }

  @Test
  void aBrokerThatStaysAwayIsStatusThreeAndTheSummaryIsTheLastLineAndAFile() throws IOException {
    Path summary = folder.resolve("summary.json");

    int status =
        run("--csv --event x --wait 500ms --summary", summary.toString(), input.toString());

    assertThat(status).isEqualTo(3);
    assertThat(err.toString().lines().reduce((before, last) -> last).orElseThrow())
        .startsWith("emitter: read 1, sent 0, bad 0, failed 1, ");
    assertThat(Files.readString(summary)).contains("\"end\" : \"broker-away\"", "\"status\" : 3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"no-such-folder/summary.json", ""})
  void aSummaryThatCanNeverBeWrittenIsStatusTwo(String file) {
    String summary = folder.resolve(file).toString();

    assertThat(run("--csv --event x --summary", summary, input.toString())).isEqualTo(2);
    assertThat(err.toString())
        .isEqualTo(
            "emitter: --summary: " + summary + " (expected: a file in a folder that exists)\n");
  }

  @Test
  void aSummaryThatCannotBeWrittenIsToldAllTheSameAndStatusOne() {
    int status = run("--csv --event x --summary", "/dev/full", "/dev/null");

    assertThat(status).isEqualTo(1);
    assertThat(err.toString().lines())
        .satisfiesExactly(
            line ->
                assertThat(line).startsWith("emitter: --summary: java.io.IOException: No space"),
            line -> assertThat(line).startsWith("emitter: read 0, sent 0, "));
  }

  @Test
  void theHelpShowsHowToSendACsvFileToARoom() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString())
        .contains(
            "export STARLING_MANAGER=",
            "emitter batch --csv --event price --room news prices.csv",
            "Exit status:",
            "  3          ",
            "  130, 143   ");
  }
}
