package io.starling.integration.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/wire-rules.md} names tests that exist, one at least for every rule. */
final class WireRulesTest {
  private static final Path ROOT = Path.of("..");
  private static final Path MISSING = Path.of("no such class");
  private static final Pattern REFERENCE = Pattern.compile("`(\\w+)#(\\w+)`");
  private static final Pattern ROW = Pattern.compile("(?m)^\\|(.+)\\|(.*)\\|(.*)\\|$");

  @Test
  void everyTestThatIsNamedExists() throws IOException {
    Map<String, Path> sources = testSources();
    List<MatchResult> references = REFERENCE.matcher(table()).results().toList();

    assertThat(references).hasSizeGreaterThan(100);
    assertThat(references)
        .allSatisfy(
            reference ->
                assertThat(read(sources.getOrDefault(reference.group(1), MISSING)))
                    .as(reference.group())
                    .contains("void " + reference.group(2) + "("));
  }

  @Test
  void everyRuleHasATestOrANoteThatSaysWhyNot() throws IOException {
    List<MatchResult> rows = ROW.matcher(table()).results().toList();

    assertThat(rows).hasSizeGreaterThan(100);
    assertThat(rows)
        .allSatisfy(
            row ->
                assertThat(row.group(2).strip().equals("–") ? row.group(3) : row.group(2))
                    .as(row.group())
                    .isNotBlank());
  }

  private static String table() throws IOException {
    return Files.readString(ROOT.resolve("docs/wire-rules.md"));
  }

  /** By the name of the class. */
  private static Map<String, Path> testSources() throws IOException {
    Map<String, Path> sources = new HashMap<>();
    try (DirectoryStream<Path> modules = Files.newDirectoryStream(ROOT)) {
      for (Path module : modules) {
        addSources(module.resolve("src/test/java"), sources);
      }
    }
    return sources;
  }

  private static void addSources(Path folder, Map<String, Path> sources) throws IOException {
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        files.forEach(file -> sources.put(className(file), file));
      }
    }
  }

  private static String className(Path file) {
    return file.getFileName().toString().replace(".java", "");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
