package io.starling.protocol.socketio;

import io.starling.protocol.engineio.MalformedPacketException;
import io.starling.protocol.payload.EventPayload;
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
 * The limits on one packet of a client, and the checks of its JSON text. Immutable; shared by all
 * connections of a server.
 *
 * <p>The arrays of events and acks are not decoded here. They are read token by token on the event
 * loop, without making objects, because the handler thread decodes them later. Only an array with
 * attachments is read as a tree, too, to check its placeholders. The parser's buffers are kept for
 * each thread.
 */
public final class PacketLimits {
  private static final int MAX_NUMBER_LENGTH = 1000;

  private final int maxAttachments;
  private final JsonFactory factory;
  private final JsonMapper mapper;

  /**
   * The limits of a server.
   *
   * @param maxAttachments the most attachments of one packet; without such a limit a client could
   *     make the server keep any number of attachments of one incomplete packet
   * @param maxJsonDepth the deepest nesting of arrays and objects
   */
  public PacketLimits(int maxAttachments, int maxJsonDepth) {
    this.maxAttachments = maxAttachments;
    this.factory =
        JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.threadLocalPool())
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(maxJsonDepth)
                    .maxNumberLength(MAX_NUMBER_LENGTH)
                    // No bound of its own: the length of the whole message is bounded.
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();
    this.mapper = JsonMapper.builder(factory).build();
  }

  int maxAttachments() {
    return maxAttachments;
  }

  /**
   * Checks the JSON array of an event or ack. An event has a name first, a string or number that is
   * not reserved. Any arguments may follow.
   *
   * @throws MalformedPacketException if the text behind the header is not such an array
   */
  void checkArray(byte[] packet, PacketHeader header) {
    int from = header.end();
    boolean event = header.type().event();
    expect(from < packet.length && packet[from] == '[', "an array");
    if (!event && header.ackId() == SocketIoPacket.NO_ACK) {
      throw new MalformedPacketException("id: none (expected: that of an event)");
    }
    try (JsonParser parser = parser(packet, from)) {
      parser.nextToken();
      if (event) {
        checkName(parser);
      }
      checkRest(parser);
    } catch (JacksonException | IllegalArgumentException e) {
      throw unreadable(e);
    }
    if (header.attachments() > 0) {
      checkPlaceholders(read(packet, from), header.attachments());
    }
  }

  /** Reads the JSON object that begins at an index and ends with the packet. */
  ObjectNode object(byte[] packet, int from) {
    if (read(packet, from) instanceof ObjectNode object) {
      return object;
    }
    throw malformed("an object");
  }

  /** Reads the JSON value that begins at an index and ends with the packet. */
  JsonNode read(byte[] packet, int from) {
    if (from == packet.length) {
      throw new MalformedPacketException("payload: none (expected: JSON)");
    }
    try (JsonParser parser = parser(packet, from)) {
      JsonNode node = mapper.readTree(parser);
      expectEnd(parser);
      return node;
    } catch (JacksonException | IllegalArgumentException e) {
      throw unreadable(e);
    }
  }

  private JsonParser parser(byte[] packet, int from) {
    return factory.createParser(ObjectReadContext.empty(), packet, from, packet.length - from);
  }

  private static void checkName(JsonParser parser) {
    JsonToken name = parser.nextToken();
    expect(name == JsonToken.VALUE_STRING || (name != null && name.isNumeric()), "an event name");
    if (name == JsonToken.VALUE_NUMBER_FLOAT) {
      WireNumber.requireReadable(parser);
    }
    WireName.requireEvent(parser.getString());
  }

  /** Reads to the end of the text, which ends the array that the parser is in; checks numbers. */
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
    expectEnd(parser);
  }

  private static void checkPlaceholders(JsonNode node, int attachments) {
    if (node.path(EventPayload.PLACEHOLDER).booleanValue(false)) {
      JsonNode num = node.path(EventPayload.NUMBER);
      expect(
          num.isInt() && num.intValue() >= 0 && num.intValue() < attachments,
          "placeholders below " + attachments);
    } else {
      for (JsonNode child : node.values()) {
        checkPlaceholders(child, attachments);
      }
    }
  }

  private static MalformedPacketException unreadable(RuntimeException cause) {
    String fault =
        cause instanceof JacksonException json ? json.getOriginalMessage() : cause.getMessage();
    return new MalformedPacketException("payload: " + fault);
  }

  private static void expectEnd(JsonParser parser) {
    expect(parser.nextToken() == null, "nothing behind the JSON text");
  }

  private static void expect(boolean condition, String expected) {
    if (!condition) {
      throw malformed(expected);
    }
  }

  private static MalformedPacketException malformed(String expected) {
    return new MalformedPacketException("payload: other (expected: " + expected + ")");
  }
}
