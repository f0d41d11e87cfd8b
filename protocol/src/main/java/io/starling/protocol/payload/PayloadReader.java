package io.starling.protocol.payload;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.io.NumberOutput;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.DecimalNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Decodes one payload to JSON trees. Numbers keep all their digits. Reading is recursive, and the
 * parser's bound on nesting limits the recursion.
 */
final class PayloadReader {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** A decimal number with at most so many digits survives the conversion to double and back. */
  private static final int DIGITS_OF_DOUBLE = 15;

  /** A decimal exponent between this and its negative is well within the range of a double. */
  private static final int EXPONENT_OF_DOUBLE = 290;

  private final JsonParser parser;
  private final List<ByteBuffer> attachments;

  private PayloadReader(JsonParser parser, List<ByteBuffer> attachments) {
    this.parser = parser;
    this.attachments = attachments;
  }

  /**
   * Returns the elements of the payload's array, with attachments in place of placeholders.
   *
   * @throws IllegalArgumentException in the cases of {@link EventPayloadCodec#decode}
   */
  static List<JsonNode> read(EventPayload payload, JsonFactory factory) {
    ByteBuffer json = payload.json();
    byte[] bytes = new byte[json.remaining()];
    json.get(bytes);
    try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), bytes)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw new IllegalArgumentException(
            "payload: " + parser.currentToken() + " (expected: a JSON array)");
      }
      List<JsonNode> elements = new PayloadReader(parser, payload.attachments()).elements();
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException("payload: more than one value (expected: one array)");
      }
      return elements;
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "payload: " + e.getOriginalMessage() + " (expected: a JSON array)", e);
    }
  }

  private List<JsonNode> elements() {
    List<JsonNode> elements = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      elements.add(value());
    }
    return elements;
  }

  private JsonNode value() {
    return switch (parser.currentToken()) {
      case START_ARRAY -> new ArrayNode(NODES, elements());
      case START_OBJECT -> object();
      case VALUE_STRING -> NODES.stringNode(parser.getString());
      case VALUE_NUMBER_INT -> integer();
      case VALUE_NUMBER_FLOAT -> fraction();
      case VALUE_TRUE -> NODES.booleanNode(true);
      case VALUE_FALSE -> NODES.booleanNode(false);
      case VALUE_NULL -> NODES.nullNode();
      default -> throw new IllegalStateException("token: " + parser.currentToken());
    };
  }

  private JsonNode object() {
    ObjectNode object = NODES.objectNode();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      object.set(name, value());
    }
    boolean placeholder =
        !attachments.isEmpty() && object.path(EventPayload.PLACEHOLDER).booleanValue(false);
    return placeholder ? attachment(object.path(EventPayload.NUMBER)) : object;
  }

  private JsonNode attachment(JsonNode number) {
    if (!number.isInt() || number.intValue() < 0 || number.intValue() >= attachments.size()) {
      throw new IllegalArgumentException(
          "placeholder: num " + number + " (expected: 0 to " + (attachments.size() - 1) + ")");
    }
    ByteBuffer attachment = attachments.get(number.intValue()).duplicate();
    byte[] bytes = new byte[attachment.remaining()];
    attachment.get(bytes);
    return NODES.binaryNode(bytes);
  }

  private JsonNode integer() {
    Number number = parser.getNumberValue();
    if (number instanceof Integer i) {
      return NODES.numberNode(i.intValue());
    }
    return number instanceof Long l
        ? NODES.numberNode(l.longValue())
        : NODES.numberNode((BigInteger) number);
  }

  private JsonNode fraction() {
    WireNumber.requireReadable(parser);
    BigDecimal exact = parser.getDecimalValue();
    double near = parser.getDoubleValue();
    return fitsDouble(exact, near) ? NODES.numberNode(near) : DecimalNode.valueOf(exact);
  }

  private static boolean fitsDouble(BigDecimal exact, double near) {
    if (exact.precision() <= DIGITS_OF_DOUBLE
        && Math.abs((long) exact.precision() - exact.scale()) < EXPONENT_OF_DOUBLE) {
      return true;
    }
    return Double.isFinite(near)
        && exact.compareTo(new BigDecimal(NumberOutput.toString(near, true))) == 0;
  }
}
