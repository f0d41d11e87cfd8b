package io.starling.manager.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Arguments to payload and back. Immutable and safe for any thread.
 *
 * <p>The text is what {@code JSON.stringify} would give: compact, NaN and infinities as null, lone
 * surrogates as escapes; the digits of long, BigInteger and BigDecimal are exact. Binary values
 * ({@code byte[]}, {@link java.nio.ByteBuffer}, binary nodes) become attachments wherever they are,
 * copied. The mapper decides how objects turn into JSON, never how the text looks.
 */
public final class EventPayloadCodec {
  private final JsonMapper mapper;

  /**
   * A codec on a mapper of the user's.
   *
   * @param mapper turns objects into JSON and back
   */
  public EventPayloadCodec(JsonMapper mapper) {
    this.mapper = mapper;
  }

  /**
   * A codec on Jackson's defaults, but for two: properties keep the order of their declaration, and
   * an object of a class without any property is refused instead of written as {@code {}}.
   */
  public static EventPayloadCodec standard() {
    return new EventPayloadCodec(
        JsonMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .build());
  }

  /**
   * An event: its name and arguments.
   *
   * @throws IllegalArgumentException when an argument cannot be represented on the wire, or the
   *     name is not as {@link WireName#requireEvent} demands
   */
  public EventPayload encodeEvent(String name, List<? extends @Nullable Object> arguments) {
    return new PayloadWriter(mapper).write(WireName.requireEvent(name), arguments);
  }

  /**
   * An ack: arguments only.
   *
   * @throws IllegalArgumentException when an argument cannot be represented on the wire
   */
  public EventPayload encodeArguments(List<? extends @Nullable Object> arguments) {
    return new PayloadWriter(mapper).write(null, arguments);
  }

  /**
   * All elements of the array, attachments put in place of their placeholders. Without attachments
   * a placeholder is an object like any other, as it is for the official parser.
   *
   * @throws IllegalArgumentException when the text is not one JSON array, or a placeholder has a
   *     number that no attachment has
   */
  public Arguments decode(EventPayload payload) {
    try {
      return new Arguments(PayloadReader.read(payload), mapper);
    } catch (JacksonException e) {
      throw new IllegalArgumentException(
          "payload: " + e.getOriginalMessage() + " (expected: a JSON array)", e);
    }
  }

  /**
   * An event's name, and its arguments as {@link #decode} gives them.
   *
   * @throws IllegalArgumentException also when the first element is neither a string nor a number,
   *     or is a reserved name
   */
  public Event decodeEvent(EventPayload payload) {
    Arguments all = decode(payload);
    JsonNode name = all.node(0);
    if (!name.isString() && !name.isNumber()) {
      throw new IllegalArgumentException(
          "event: " + name.getNodeType() + " (expected: a string or number as its name)");
    }
    return new Event(WireName.requireEvent(name.asString()), all.withoutFirst());
  }
}
