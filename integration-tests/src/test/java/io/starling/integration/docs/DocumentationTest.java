package io.starling.integration.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What README and docs show is code that compiles and that a test runs, and links lead somewhere.
 */
final class DocumentationTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)[^):]*\\)");
  private static final Pattern TEST_NAME =
      Pattern.compile("`(\\w+(?:Test|IT|Contract|Scenarios))`");

  @Test
  void everyJavaSnippetIsCodeOfAnExampleThatATestRuns() throws IOException {
    List<Path> examples = Sources.below(ROOT.resolve("examples"));
    String tests =
        Stream.concat(
                Sources.below(ROOT.resolve("integration-tests")).stream(),
                examples.stream().filter(DocumentationTest::isTest))
            .map(DocumentationTest::read)
            .reduce("", String::concat);

    for (Path page : pages()) {
      for (String snippet : groups(JAVA, read(page))) {
        assertThat(examples)
            .as("the code of an example that a test names, in %s: %s", page, snippet)
            .anyMatch(
                file ->
                    normalized(read(file)).contains(normalized(snippet))
                        && (isTest(file) || tests.contains(className(file))));
      }
    }
  }

  @Test
  void readmeAndGuideShowCode() throws IOException {
    for (String page : List.of("README.md", "docs/guide.md")) {
      assertThat(groups(JAVA, read(ROOT.resolve(page)))).as(page).isNotEmpty();
    }
  }

  @Test
  void everyLinkToAFileLeadsToOne() throws IOException {
    for (Path page : pages()) {
      for (String link : groups(LINK, read(page))) {
        assertThat(page.resolveSibling(link)).as("link of %s", page).exists();
      }
    }
  }

  @Test
  void everyTestThatTheReadmeNamesExists() throws IOException {
    List<String> tests = groups(TEST_NAME, read(ROOT.resolve("README.md")));
    assertThat(tests).isNotEmpty();
    assertThat(Sources.below(ROOT)).extracting(DocumentationTest::className).containsAll(tests);
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> top = Files.list(ROOT);
        Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      return Stream.concat(top, docs).filter(file -> file.toString().endsWith(".md")).toList();
    }
  }

  private static boolean isTest(Path file) {
    return file.toString().contains("/src/test/");
  }

  private static String className(Path file) {
    return file.getFileName().toString().replace(".java", "");
  }

  private static List<String> groups(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map((MatchResult match) -> Objects.requireNonNull(match.group(1)))
        .toList();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Indentation does not count. */
  private static String normalized(String code) {
    return code.strip().replaceAll("(?m)^\\s+", "");
  }
}
