package io.starling.emitter.cli;

import io.starling.manager.Operation.Emit;
import io.starling.manager.Recipients;
import io.starling.protocol.payload.EventPayload;
import io.starling.protocol.payload.EventPayloadCodec;
import io.starling.protocol.payload.WireName;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads lines that are JSON objects with an event. The arguments are checked, but not parsed into
 * objects: they are sent as they stand in the line. This takes about half of the time.
 *
 * <p>A line that is not of the simplest form is left to {@link BatchFormat}, which knows the
 * defaults and explains what is wrong with a line. Not safe for threads.
 */
final class BatchEvents {
  private final JsonFactory json =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  // The array of the arguments is inside an object here, and not in the payload.
                  .maxNestingDepth(EventPayloadCodec.DEFAULT_MAX_JSON_DEPTH + 1)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  /** Whom a line without rooms addresses. */
  private final Recipients usual;

  /** The latest rooms of a line and whom they address: most lines address the same rooms. */
  private List<String> latestRooms = List.of();

  private Recipients latest = Recipients.rooms(latestRooms);

  /** Where the name of the event and the arguments stand in the line; the ends are exclusive. */
  private int nameFrom;

  private int nameTo;
  private int argsFrom;
  private int argsTo;
  private @Nullable List<String> rooms;

  /**
   * Makes a reader.
   *
   * @param usual whom a line without rooms addresses
   */
  BatchEvents(Recipients usual) {
    this.usual = usual;
  }

  /**
   * Reads a line.
   *
   * @return null if the line has other fields than the event, arguments and rooms, or if anything
   *     is wrong with the line
   */
  @Nullable Emit read(String line) {
    nameTo = 0;
    argsTo = 0;
    rooms = null;
    try (JsonParser parser = json.createParser(ObjectReadContext.empty(), line)) {
      if (!fields(parser) || parser.nextToken() != null || nameTo == 0) {
        return null;
      }
    } catch (JacksonException | IllegalArgumentException e) {
      return null;
    }
    String name = line.substring(nameFrom, nameTo);
    String payload =
        argsTo == 0 ? "[" + name + "]" : "[" + name + "," + line.substring(argsFrom, argsTo) + "]";
    ByteBuffer bytes = ByteBuffer.wrap(payload.getBytes(StandardCharsets.UTF_8));
    return new Emit(rooms == null ? usual : recipients(rooms), new EventPayload(bytes, List.of()));
  }

  private boolean fields(JsonParser parser) {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      return false;
    }
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String field = parser.currentName();
      JsonToken value = parser.nextToken();
      boolean known =
          switch (field) {
            case "event" -> value == JsonToken.VALUE_STRING && name(parser);
            case "args" -> value == JsonToken.START_ARRAY && arguments(parser);
            case "rooms" -> value == JsonToken.START_ARRAY && rooms(parser);
            default -> false;
          };
      if (!known) {
        return false;
      }
    }
    return true;
  }

  private boolean name(JsonParser parser) {
    nameFrom = (int) parser.currentTokenLocation().getCharOffset();
    WireName.requireEvent(parser.getString());
    nameTo = (int) parser.currentLocation().getCharOffset();
    return true;
  }

  private boolean arguments(JsonParser parser) {
    argsFrom = (int) parser.currentLocation().getCharOffset();
    argsTo = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      parser.skipChildren();
      argsTo = argsFrom;
    }
    if (argsTo != 0) {
      argsTo = (int) parser.currentTokenLocation().getCharOffset();
    }
    return true;
  }

  private boolean rooms(JsonParser parser) {
    List<String> names = new ArrayList<>(1);
    while (parser.nextToken() == JsonToken.VALUE_STRING) {
      names.add(WireName.require("room", parser.getString()));
    }
    rooms = names;
    return parser.currentToken() == JsonToken.END_ARRAY && !names.isEmpty();
  }

  private Recipients recipients(List<String> names) {
    if (!names.equals(latestRooms)) {
      latestRooms = names;
      latest = Recipients.rooms(names).except(usual.except());
    }
    return latest;
  }
}
