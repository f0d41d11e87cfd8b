package io.starling.integration.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The classes and methods that {@code docs/architecture.md} and {@code docs/glossary.md} name are
 * there, and the numbers of stops are right.
 */
final class ArchitecturePageTest {
  private static final Path DOCS = Path.of("..", "docs");

  /** A class, nested or behind its package, and perhaps a method of it. */
  private static final Pattern REFERENCE =
      Pattern.compile(
          "`((?:[a-z]\\w*\\.)*[A-Z]\\w*[a-z]\\w*(?:\\.[A-Z]\\w*)*)(?:\\.([a-z]\\w*))?(?:\\(\\))?`");

  private static final Pattern FLOW =
      Pattern.compile("(?m)^### ([^\n]+): (\\d+) stops$((?:\n(?!#).*)*)");
  private static final Pattern STOP = Pattern.compile("(?m)^(\\d+)\\. [→⇒] `[\\w.]+\\.[a-z]\\w*`");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| [^|]+ \\| `([\\w.]+)\\.[a-z]\\w*` \\| `([\\w.-]+)` \\|$");

  private final ProductClasses classes = new ProductClasses();

  ArchitecturePageTest() throws IOException {}

  @Test
  void everyClassAndMethodOfTheFlowsExists() throws IOException {
    assertThatAllExist(section("How data flows"), 100);
  }

  @Test
  void everyFlowHasTheStopsThatItsHeadingCounts() throws IOException {
    List<MatchResult> flows = FLOW.matcher(section("How data flows")).results().toList();

    assertThat(flows).hasSize(5);
    for (MatchResult flow : flows) {
      int stops = Integer.parseInt(text(flow, 2));
      assertThat(STOP.matcher(text(flow, 3)).results().map(stop -> Integer.valueOf(text(stop, 1))))
          .as(text(flow, 1))
          .containsExactlyElementsOf(IntStream.rangeClosed(1, stops).boxed().toList());
    }
  }

  @Test
  void everyBehaviourOfTheTableIsDecidedByAMethodThatExists() throws IOException {
    assertThatAllExist(section("Where is it decided"), 35);
  }

  @Test
  void everyRowOfTheTableNamesThePackageOrModuleOfItsClass() throws IOException {
    String table = section("Where is it decided");
    List<MatchResult> rows = ROW.matcher(table).results().toList();

    long behaviours =
        table
            .lines()
            .filter(line -> line.startsWith("| ") && !line.startsWith("| behaviour"))
            .count();
    assertThat(rows).hasSize(Math.toIntExact(behaviours));
    for (MatchResult row : rows) {
      String home = text(row, 2);
      assertThat(classes.find(text(row, 1)))
          .as(row.group())
          .singleElement()
          .matches(
              source -> source.module().equals(home) || source.packageName().endsWith("." + home));
    }
  }

  @Test
  void everyClassAndMethodOfTheGlossaryExists() throws IOException {
    assertThatAllExist(Files.readString(DOCS.resolve("glossary.md")), 50);
  }

  private void assertThatAllExist(String text, int atLeast) {
    List<MatchResult> references = REFERENCE.matcher(text).results().toList();

    assertThat(references).hasSizeGreaterThan(atLeast);
    assertThat(
            references.stream()
                .map(reference -> classes.fault(text(reference, 1), reference.group(2)))
                .flatMap(Optional::stream))
        .as("what the page names and the code does not have")
        .isEmpty();
  }

  /** The text below a heading of the second level, up to the next one. */
  private static String section(String heading) throws IOException {
    String page = Files.readString(DOCS.resolve("architecture.md"));
    int from = page.indexOf("\n## " + heading + "\n");
    assertThat(from).as(heading).isPositive();
    int to = page.indexOf("\n## ", from + 1);
    return page.substring(from, to < 0 ? page.length() : to);
  }

  private static String text(MatchResult match, int group) {
    return Objects.requireNonNull(match.group(group));
  }
}
