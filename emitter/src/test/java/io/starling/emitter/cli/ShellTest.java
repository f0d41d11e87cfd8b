package io.starling.emitter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What shells make of the program's descriptions, and what the manual page says. */
class ShellTest {
  @ParameterizedTest
  @CsvSource({
    "emitter clo, close-room",
    "emitter watch --heart, --heartbeats",
    "emitter join --man, --manager",
    "emitter --conf, --config"
  })
  void bashCompletesCommandsAndOptions(String line, String completed, @TempDir Path folder)
      throws Exception {
    Path script = Files.writeString(folder.resolve("completion"), run("completion"));
    String ask =
        "source %s; COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_LINE='%s';"
            .formatted(script, line, line);
    Process bash =
        new ProcessBuilder("bash", "-c", ask + " _complete_emitter; echo \"${COMPREPLY[@]}\"")
            .redirectErrorStream(true)
            .start();

    assertThat(bash.getInputStream()).asString(StandardCharsets.UTF_8).contains(completed);
  }

  @Test
  void theManualPageHasEveryCommandAndOption() {
    String page = run("man");
    CommandLine program = EmitterCli.commandLine(Map.of());

    assertThat(page).startsWith(".TH \"EMITTER\" 1").contains(".SH \"EXIT STATUS\"");
    program.getSubcommands().keySet().stream()
        .map(name -> ".SS \"emitter " + name.replace("-", "\\-") + '"')
        .forEach(heading -> assertThat(page).contains(heading));
    Stream.concat(Stream.of(program), program.getSubcommands().values().stream())
        .flatMap(command -> command.getCommandSpec().options().stream())
        .map(option -> "\\fB" + option.longestName().replace("-", "\\-") + "\\fR")
        .forEach(option -> assertThat(page).contains(option));
  }

  private static String run(String command) {
    StringWriter out = new StringWriter();
    CommandLine program = EmitterCli.commandLine(Map.of()).setOut(new PrintWriter(out, true));
    assertThat(program.execute(command)).isZero();
    return out.toString();
  }
}
