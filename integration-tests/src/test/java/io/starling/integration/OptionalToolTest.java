package io.starling.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

final class OptionalToolTest {
  @Test
  void findsTheFirstExecutableOnThePath(@TempDir Path bin) throws IOException {
    Path tool = Files.createFile(bin.resolve("tool"));
    assertThat(tool.toFile().setExecutable(true)).isTrue();
    Path found =
        OptionalTool.require("tool", Map.of("PATH", "/nowhere" + File.pathSeparator + bin));
    assertThat(found).isEqualTo(tool.toAbsolutePath());
  }

  @Test
  void skipsTheTestWhereTheToolIsMissing(@TempDir Path bin) {
    assertThatThrownBy(() -> OptionalTool.require("tool", Map.of("PATH", bin.toString())))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("tool: not on the PATH");
  }

  @Test
  void failsOnABuildServerWhereTheToolIsMissing() {
    assertThatThrownBy(() -> OptionalTool.require("tool", Map.of("CI", "true")))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("tool: not on the PATH");
  }

  @Test
  void findsTheFolderThatAVariableNames(@TempDir Path folder) {
    assertThat(
            OptionalTool.requireFolder(
                "OLD_RELEASE", "an old release", Map.of("OLD_RELEASE", folder.toString())))
        .isEqualTo(folder);
  }

  @Test
  void skipsTheTestWhereTheFolderIsNotNamed() {
    assertThatThrownBy(() -> OptionalTool.requireFolder("OLD_RELEASE", "an old release", Map.of()))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("OLD_RELEASE: \"\" (expected: the folder of an old release)");
  }
}
