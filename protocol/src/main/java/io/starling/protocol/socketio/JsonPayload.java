package io.starling.protocol.socketio;

import io.starling.protocol.payload.WireName;
import io.starling.protocol.payload.WireNumber;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Checks the JSON text of a Socket.IO packet on the event loop. The arrays of events and acks are
 * not decoded here. They are read token by token, without making objects, because the handler
 * thread decodes them later. Only an array with attachments is read as a tree, too, to check its
 * placeholders. The parser's buffers are kept for each thread.
 */
final class JsonPayload {
  private static final int MAX_NUMBER_LENGTH = 1000;

  private final JsonFactory factory;
  private final JsonMapper mapper;

  JsonPayload(int maxDepth) {
    factory =
        JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.threadLocalPool())
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(maxDepth)
                    .maxNumberLength(MAX_NUMBER_LENGTH)
                    // No bound of its own: the length of the whole message is bounded.
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();
    mapper = JsonMapper.builder(factory).build();
  }

  /**
   * Checks the array of an event: first the name, a string or number that is not reserved, then any
   * arguments.
   *
   * @param from the index in {@code packet} at which the JSON text begins
   * @param attachments the number of attachments, which placeholders may refer to
   * @throws MalformedPacketException if the text is not such an array
   */
  void checkEvent(byte[] packet, int from, int attachments) {
    read(packet, from, parser -> checkEvent(parser));
    checkPlaceholders(packet, from, attachments);
  }

  /** Checks the array of an ack: any arguments. Parameters as in {@link #checkEvent}. */
  void checkArray(byte[] packet, int from, int attachments) {
    read(
        packet,
        from,
        parser -> {
          expect(parser.nextToken() == JsonToken.START_ARRAY, "an array");
          checkRest(parser);
          return parser;
        });
    checkPlaceholders(packet, from, attachments);
  }

  ObjectNode object(byte[] packet, int from) {
    return read(
        packet,
        from,
        parser -> {
          JsonNode node = mapper.readTree(parser);
          if (node instanceof ObjectNode object) {
            return object;
          }
          throw malformed("an object");
        });
  }

  JsonNode value(byte[] packet, int from) {
    return read(packet, from, mapper::<JsonNode>readTree);
  }

  private static JsonParser checkEvent(JsonParser parser) {
    expect(parser.nextToken() == JsonToken.START_ARRAY, "an array");
    JsonToken name = parser.nextToken();
    expect(name == JsonToken.VALUE_STRING || (name != null && name.isNumeric()), "an event name");
    if (name == JsonToken.VALUE_NUMBER_FLOAT) {
      WireNumber.requireReadable(parser);
    }
    WireName.requireEvent(parser.getString());
    checkRest(parser);
    return parser;
  }

  /** Reads to the end of the array that the parser is in, and checks its numbers. */
  private static void checkRest(JsonParser parser) {
    for (int depth = 1; depth > 0; ) {
      JsonToken token = parser.nextToken();
      expect(token != null, "an array");
      if (token.isStructStart()) {
        depth++;
      } else if (token.isStructEnd()) {
        depth--;
      } else if (token == JsonToken.VALUE_NUMBER_FLOAT) {
        WireNumber.requireReadable(parser);
      }
    }
  }

  private void checkPlaceholders(byte[] packet, int from, int attachments) {
    if (attachments > 0) {
      checkPlaceholders(value(packet, from), attachments);
    }
  }

  private static void checkPlaceholders(JsonNode node, int attachments) {
    if (node.path("_placeholder").isBoolean() && node.path("_placeholder").booleanValue()) {
      JsonNode num = node.path("num");
      expect(
          num.isInt() && num.intValue() >= 0 && num.intValue() < attachments,
          "placeholders below " + attachments);
    } else {
      for (JsonNode child : node.values()) {
        checkPlaceholders(child, attachments);
      }
    }
  }

  private <T> T read(byte[] packet, int from, Reader<T> reader) {
    if (from == packet.length) {
      throw new MalformedPacketException("payload: none (expected: JSON)");
    }
    try (JsonParser parser =
        factory.createParser(ObjectReadContext.empty(), packet, from, packet.length - from)) {
      T result = reader.read(parser);
      expect(parser.nextToken() == null, "nothing behind the JSON text");
      return result;
    } catch (JacksonException e) {
      throw new MalformedPacketException("payload: " + e.getOriginalMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new MalformedPacketException("payload: " + e.getMessage(), e);
    }
  }

  private static void expect(boolean condition, String expected) {
    if (!condition) {
      throw malformed(expected);
    }
  }

  private static MalformedPacketException malformed(String expected) {
    return new MalformedPacketException("payload: other (expected: " + expected + ")");
  }

  private interface Reader<T> {
    T read(JsonParser parser);
  }
}
