package io.starling.socketio.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ConfigurationDocTest {
  @Test
  void theTableOfSettingsIsThatOfTheCode() throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("..", "docs", "configuration.md")).stream()
            .takeWhile(line -> !line.startsWith("## "))
            .filter(line -> line.startsWith("| `"))
            .toList();
    assertThat(rows)
        .containsExactlyElementsOf(
            Stream.of(ServerSetting.values())
                .map(
                    setting ->
                        "| `%s` | %s | %s | %s |"
                            .formatted(
                                setting.plainName(),
                                setting.standard(),
                                code(setting),
                                setting.meaning()))
                .toList());
  }

  private static String code(ServerSetting setting) {
    return setting.ofExecutable() ? setting.inCode() : "`" + setting.inCode() + "`";
  }
}
