package io.starling.examples.chat;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The rules for the names of people and rooms. */
enum Names {
  PERSON("name", 24),
  ROOM("room", 30);

  private final String field;
  private final int longest;
  private final Pattern pattern;

  Names(String field, int longest) {
    this.field = field;
    this.longest = longest;
    this.pattern =
        Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{M}\\p{N} ._'-]{0," + (longest - 1) + "}");
  }

  /**
   * Checks a name and returns it.
   *
   * @throws IllegalArgumentException when the name breaks the rules
   */
  String check(@Nullable String name) {
    if (name == null || !pattern.matcher(name).matches()) {
      throw new IllegalArgumentException(
          field
              + ": "
              + shown(name)
              + " (expected: 1 to "
              + longest
              + " letters, digits, blanks or . _ ' -, a letter or digit first)");
    }
    return name;
  }

  private String shown(@Nullable String name) {
    return name == null ? "none" : name.substring(0, Math.min(name.length(), longest));
  }
}
