package io.starling.emitter.cli;

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
    JsonNode array = JsonText.read("line " + number + ": ", text, "");
    if (!array.isArray()) {
      throw new IllegalArgumentException("line " + number + ": " + text + " (expected: an array)");
    }
    return array.values().toArray();
  }
}
