package io.starling.integration;

import java.io.File;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/**
 * A program that some tests need and that not every machine has, such as {@code node}. Where it is
 * missing the test is skipped, counted and warned about; with {@code CI=true} in the environment it
 * fails, so that no build server passes by running less.
 */
public final class OptionalTool {
  private static final Logger LOGGER = System.getLogger(OptionalTool.class.getName());

  private OptionalTool() {}

  /**
   * Finds an executable on the {@code PATH}. Call it from a test or a {@code @BeforeEach}: what a
   * {@code @BeforeAll} skips is not counted.
   *
   * @param name the file name
   * @throws AssertionError when it is missing and {@code CI=true}
   * @throws org.opentest4j.TestAbortedException when it is missing elsewhere
   */
  public static Path require(String name) {
    return require(name, System.getenv());
  }

  static Path require(String name, Map<String, String> environment) {
    return found(
        find(name, environment.getOrDefault("PATH", "")),
        name + ": not on the PATH (expected: an executable; its tests need it)",
        environment);
  }

  /**
   * Finds the folder that a variable of the environment names, under the same rule as {@link
   * #require(String)}.
   *
   * @param what the folder holds, for the message
   */
  public static Path requireFolder(String variable, String what) {
    return requireFolder(variable, what, System.getenv());
  }

  static Path requireFolder(String variable, String what, Map<String, String> environment) {
    String value = environment.getOrDefault(variable, "");
    return found(
        Optional.of(Path.of(value)).filter(folder -> !value.isEmpty() && Files.isDirectory(folder)),
        variable + ": \"" + value + "\" (expected: the folder of " + what + ")",
        environment);
  }

  private static Path found(Optional<Path> found, String fault, Map<String, String> environment) {
    if (found.isEmpty()) {
      if ("true".equals(environment.get("CI"))) {
        throw new AssertionError(fault + ", and CI=true forbids to skip them");
      }
      LOGGER.log(Level.WARNING, "SKIPPED " + fault);
      Assumptions.abort(fault);
    }
    return found.orElseThrow();
  }

  private static Optional<Path> find(String name, String path) {
    for (String directory : path.split(File.pathSeparator, -1)) {
      Path file = Path.of(directory).resolve(name);
      if (!directory.isEmpty() && Files.isRegularFile(file) && Files.isExecutable(file)) {
        return Optional.of(file.toAbsolutePath());
      }
    }
    return Optional.empty();
  }
}
