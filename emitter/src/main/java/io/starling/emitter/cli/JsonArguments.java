package io.starling.emitter.cli;

import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Parses the arguments of an event from JSON text. Numbers keep all of their digits. */
final class JsonArguments {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(
              DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS,
              DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private JsonArguments() {}

  /** Parses each text as one JSON value. A wrong text is reported by its position, from 1. */
  static Object[] arguments(List<String> texts) {
    Object[] values = new Object[texts.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = read(texts.get(i), "argument " + (i + 1));
    }
    return values;
  }

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
      JsonNode value = MAPPER.readTree(text);
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
