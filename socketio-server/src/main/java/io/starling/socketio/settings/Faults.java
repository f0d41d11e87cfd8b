package io.starling.socketio.settings;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Collects the faults of the settings, one line each: {@code name: value (expected: …)}. */
final class Faults {
  private final List<String> lines;

  Faults(List<String> lines) {
    this.lines = new ArrayList<>(lines);
  }

  void add(Setting setting, String value, String expected) {
    add(setting.plainName() + ": " + Masked.of(setting, value) + " (expected: " + expected + ")");
  }

  void add(String line) {
    lines.add(line);
  }

  /**
   * Calls the supplier and returns its value. An {@link IllegalArgumentException} is added as a
   * fault, one for each line of its message; the result is empty then.
   */
  <T> Optional<T> checked(Supplier<T> value) {
    try {
      return Optional.of(value.get());
    } catch (IllegalArgumentException e) {
      String.valueOf(e.getMessage()).lines().forEach(lines::add);
      return Optional.empty();
    }
  }

  /**
   * The path of a file or directory. If it does not exist, a fault is added and the result is
   * empty.
   */
  Optional<Path> existing(Setting setting, String text) {
    try {
      Path path = Path.of(text);
      if (!text.isEmpty() && Files.exists(path)) {
        return Optional.of(path);
      }
    } catch (InvalidPathException e) {
      // A text that is no path gets the same fault as a path that does not exist.
    }
    add(setting, text, "a file or directory that exists");
    return Optional.empty();
  }

  List<String> lines() {
    return List.copyOf(lines);
  }
}
