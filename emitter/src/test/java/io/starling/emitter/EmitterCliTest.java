package io.starling.emitter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class EmitterCliTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

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
        "--manager redis://h --log-level loud emit x"
      })
  void whatMakesNoSenseIsOneLineAndStatusTwo(String line) {
    assertThat(run(line)).isEqualTo(2);
    assertThat(err.toString()).startsWith("emitter: ").hasLineCount(1);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void anArgumentThatIsNoJsonIsNamedWithTheFaultsPosition() {
    run("--manager redis://h emit x 1 {\"a\":nope}");
    assertThat(err.toString())
        .startsWith("emitter: argument 2: {\"a\":nope} (expected: JSON; character ");
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

  private int run(String line) {
    CommandLine command = EmitterCli.commandLine();
    command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return command.execute(line.isEmpty() ? new String[0] : line.split(" ", -1));
  }
}
