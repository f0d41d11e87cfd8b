package io.starling.emitter;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What the command line leaves open, by the names of the server: {@code STARLING_MANAGER} in the
 * environment goes before {@code starling.manager} in the file. Both may hold settings of the
 * server, which are let be.
 */
final class EmitterCliSettings {
  private final Map<String, String> environment;
  private final Properties file = new Properties();

  /**
   * Reads the file.
   *
   * @param config as on the command line; null when not given there
   * @throws IllegalArgumentException when there is no such file, or it is no properties file
   */
  EmitterCliSettings(Map<String, String> environment, @Nullable String config) {
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

  /** What was given on the command line, or else elsewhere; null for nowhere. */
  @Nullable String value(String name, @Nullable String given) {
    if (given != null) {
      return given;
    }
    String variable = "STARLING_" + name.replace('-', '_').toUpperCase(Locale.ROOT);
    return environment.getOrDefault(variable, file.getProperty("starling." + name));
  }
}
