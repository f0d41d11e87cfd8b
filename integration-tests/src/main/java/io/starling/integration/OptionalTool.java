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
 * Decides what happens to a test that needs an external program, such as {@code node}, which not
 * every machine has. Where the program is missing, the test is skipped with a warning, and the
 * build counts it as skipped. With {@code CI=true} in the environment the test fails instead, so
 * that no build server passes by running fewer tests.
 */
public final class OptionalTool {
  private static final Logger LOGGER = System.getLogger(OptionalTool.class.getName());

  private OptionalTool() {}

  /**
   * Finds an executable on the {@code PATH}. Call this from a test or a {@code @BeforeEach}; tests
   * that a {@code @BeforeAll} skips are not counted as skipped.
   *
   * @param name the file name of the program
   * @throws AssertionError when the program is missing and {@code CI=true}
   * @throws org.opentest4j.TestAbortedException when the program is missing and {@code CI} is not
   *     {@code true}
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
   * Finds the folder that an environment variable names. A missing folder is treated like a missing
   * program in {@link #require(String)}.
   *
   * @param what the content of the folder, for the message
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

  /**
   * Treats something that was searched for and not found like a missing program in {@link
   * #require(String)}.
   *
   * @param fault what is missing, and what was expected
   */
  public static Path require(Optional<Path> found, String fault) {
    return found(found, fault, System.getenv());
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
