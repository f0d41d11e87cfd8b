package io.starling.integration.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A page of {@code docs} whose tables name tests: rows {@code | what | ours | tests | why not |},
 * of which only the last two columns matter here. A test is written {@code `ItsClass#itsMethod`}.
 */
public final class NamedTests {
  private static final Path ROOT = Path.of("..");
  private static final Pattern REFERENCE = Pattern.compile("`(\\w+)#(\\w+)`");
  private static final Pattern ROW = Pattern.compile("(?m)^\\|(.+)\\|(.*)\\|(.*)\\|$");

  private final String text;

  private NamedTests(String text) {
    this.text = text;
  }

  /**
   * The tests that a page names.
   *
   * @param page its path from the root of the project
   */
  public static NamedTests of(String page) {
    return new NamedTests(read(ROOT.resolve(page)));
  }

  /** Fails for a test that there is not. */
  public void assertThatAllExist(int atLeast) throws IOException {
    Map<String, Path> sources = sources();
    List<MatchResult> references = REFERENCE.matcher(text).results().toList();

    assertThat(references).hasSizeGreaterThan(atLeast);
    assertThat(references.stream().filter(reference -> !exists(reference, sources)))
        .as("tests that do not exist")
        .extracting(MatchResult::group)
        .isEmpty();
  }

  private static boolean exists(MatchResult reference, Map<String, Path> sources) {
    Path source = sources.get(reference.group(1));
    return source != null && read(source).contains("void " + reference.group(2) + "(");
  }

  /** Fails for a row without a test, unless it has a dash there and a reason in the last column. */
  public void assertThatEveryRowHasATestOrAReason(int atLeast) {
    List<MatchResult> rows = ROW.matcher(text).results().toList();

    assertThat(rows).hasSizeGreaterThan(atLeast);
    assertThat(rows)
        .allSatisfy(
            row ->
                assertThat(row.group(2).strip().equals("–") ? row.group(3) : row.group(2))
                    .as(row.group())
                    .isNotBlank());
  }

  /** By the name of the class. */
  private static Map<String, Path> sources() throws IOException {
    Map<String, Path> sources = new HashMap<>();
    for (Path file : Sources.below(ROOT)) {
      sources.put(className(file), file);
    }
    return sources;
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
