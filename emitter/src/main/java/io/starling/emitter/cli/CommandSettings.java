package io.starling.emitter.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Finds settings that are not on the command line, under the names that the server uses. An
 * environment variable such as {@code STARLING_MANAGER} has precedence over a property such as
 * {@code starling.manager} in the configuration file. CommandSettings that only the server uses are
 * ignored.
 */
final class CommandSettings {
  private final Map<String, String> environment;
  private final Properties file = new Properties();

  /**
   * Reads the configuration file, if there is one.
   *
   * @param config the file name from the command line; null when the command line has none, then
   *     the variable {@code STARLING_CONFIG} may name the file
   * @throws IllegalArgumentException when the file is missing or is not a properties file in UTF-8
   */
  CommandSettings(Map<String, String> environment, @Nullable String config) {
    this.environment = environment;
    String name = value("config", config);
    if (name != null) {
      try (Reader reader = Files.newBufferedReader(Path.of(name))) {
        file.load(reader);
      } catch (IOException | IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "--config: " + name + " (expected: a properties file in UTF-8)", e);
      }
    }
  }

  /**
   * The value of a setting: from the command line, else from the environment, else from the file;
   * null when none of the three has it.
   *
   * @param name the name in the style of a command-line option, such as {@code log-level}
   * @param given the value on the command line, or null
   */
  @Nullable String value(String name, @Nullable String given) {
    if (given != null) {
      return given;
    }
    String variable = "STARLING_" + name.replace('-', '_').toUpperCase(Locale.ROOT);
    return environment.getOrDefault(variable, file.getProperty("starling." + name));
  }
}
