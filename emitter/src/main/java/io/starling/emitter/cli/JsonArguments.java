package io.starling.emitter.cli;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Parses the arguments of an event from JSON text. Numbers keep all of their digits. */
final class JsonArguments {
  private JsonArguments() {}

  /**
   * Parses one line of input, which must be a JSON array of arguments.
   *
   * @param number the number of the line, for error messages
   */
  static Object[] line(String text, long number) {
    JsonNode array = read(text, "line " + number);
    if (!array.isArray()) {
      throw new IllegalArgumentException("line " + number + ": " + text + " (expected: an array)");
    }
    return array.values().toArray();
  }

  private static JsonNode read(String text, String what) {
    try {
      JsonNode value = JsonText.MAPPER.readTree(text);
      if (!value.isMissingNode()) {
        return value;
      }
      throw new IllegalArgumentException(what + ": nothing (expected: JSON)");
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          what
              + ": "
              + text
              + " (expected: JSON; character "
              + e.getLocation().getColumnNr()
              + ": "
              + e.getOriginalMessage().replaceAll(" \\(start marker .*", "")
              + ")",
          e);
    }
  }
}
