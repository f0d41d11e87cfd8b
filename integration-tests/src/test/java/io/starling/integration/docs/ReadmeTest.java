package io.starling.integration.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReadmeTest {
  private static final Path ROOT = Path.of("..");
  private static final Path GUIDE =
      ROOT.resolve("examples/src/main/java/io/starling/examples/guide");
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)[^):]*\\)");

  @Test
  void everyJavaSnippetOfTheReadmeIsCodeThatCompiles() throws IOException {
    List<String> snippets = groups(JAVA, Files.readString(ROOT.resolve("README.md")));
    List<String> compiled;
    try (Stream<Path> files = Files.list(GUIDE)) {
      compiled = files.map(ReadmeTest::normalized).toList();
    }

    assertThat(snippets).isNotEmpty();
    for (String snippet : snippets) {
      assertThat(compiled).anyMatch(code -> code.contains(normalized(snippet)));
    }
  }

  @Test
  void everyLinkToAFileLeadsToOne() throws IOException {
    for (String page : List.of("README.md", "CONTRIBUTING.md", "docs/architecture.md")) {
      Path file = ROOT.resolve(page);
      for (String link : groups(LINK, Files.readString(file))) {
        assertThat(file.resolveSibling(link)).as("link of %s", page).exists();
      }
    }
  }

  private static List<String> groups(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map((MatchResult match) -> Objects.requireNonNull(match.group(1)))
        .toList();
  }

  private static String normalized(Path file) {
    try {
      return normalized(Files.readString(file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Indentation does not count. */
  private static String normalized(String code) {
    return code.strip().replaceAll("(?m)^\\s+", "");
  }
}
