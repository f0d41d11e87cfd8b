package io.starling.manager.protocol;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Turns a tree into what the user asked for. */
final class Conversion {
  private Conversion() {}

  static <T> T convert(JsonMapper mapper, JsonNode node, Class<T> type, int index) {
    try {
      return mapper.treeToValue(node, type);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "argument " + index + ": " + e.getOriginalMessage() + " (expected: " + type + ")", e);
    }
  }
}
