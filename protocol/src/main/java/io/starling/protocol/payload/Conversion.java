package io.starling.protocol.payload;

import java.lang.reflect.Type;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Converts the JSON tree of an argument to the Java type that the application asked for. */
final class Conversion {
  private Conversion() {}

  static <T> T convert(JsonMapper mapper, JsonNode node, Class<T> type, int index) {
    try {
      return mapper.treeToValue(node, type);
    } catch (JacksonException e) {
      throw misfit(index, type, e);
    }
  }

  static Object convert(JsonMapper mapper, JsonNode node, Type type, int index) {
    try {
      return mapper.treeToValue(node, mapper.constructType(type));
    } catch (JacksonException e) {
      throw misfit(index, type, e);
    }
  }

  private static IllegalArgumentException misfit(int index, Type type, JacksonException cause) {
    return new IllegalArgumentException(
        "argument " + index + ": " + cause.getOriginalMessage() + " (expected: " + type + ")",
        cause);
  }
}
