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
  /** How many binary values the official clients take in one packet. */
  public static final int DEFAULT_MAX_ATTACHMENTS = 10;

  /** How deep arrays and objects of a payload are nested at most, unless told otherwise. */
  public static final int DEFAULT_MAX_JSON_DEPTH = 500;

  /** What fits on the stack of a thread; reading is recursive. */
  public static final int HIGHEST_MAX_JSON_DEPTH = 2000;

  private static final PayloadJson DEFAULT_JSON = new PayloadJson(DEFAULT_MAX_JSON_DEPTH);

  private final JsonMapper mapper;
  private final int maxAttachments;
  private final PayloadJson json;

  /**
   * A codec on a mapper of the user's.
   *
   * @param mapper turns objects into JSON and back
   */
  public EventPayloadCodec(JsonMapper mapper) {
    this(ForeignTrees.refusedBy(mapper), DEFAULT_MAX_ATTACHMENTS, DEFAULT_JSON);
  }

  private EventPayloadCodec(JsonMapper mapper, int maxAttachments, PayloadJson json) {
    this.mapper = mapper;
    this.maxAttachments = maxAttachments;
    this.json = json;
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
   * The same codec with another bound on the binary values of one payload. An official client
   * closes its connection when an event has more than {@value #DEFAULT_MAX_ATTACHMENTS}.
   *
   * @param max positive
   */
  public EventPayloadCodec withMaxAttachments(int max) {
    if (max <= 0) {
      throw new IllegalArgumentException("maxAttachments: " + max + " (expected: > 0)");
    }
    return new EventPayloadCodec(mapper, max, json);
  }

  /** How many binary values one payload may have. */
  public int maxAttachments() {
    return maxAttachments;
  }

  /**
   * The same codec with another bound on the nesting of arrays and objects, the array of the
   * payload included.
   *
   * @param max 1 to {@value #HIGHEST_MAX_JSON_DEPTH}
   */
  public EventPayloadCodec withMaxJsonDepth(int max) {
    if (max < 1 || max > HIGHEST_MAX_JSON_DEPTH) {
      throw new IllegalArgumentException(
          "maxJsonDepth: " + max + " (expected: 1 to " + HIGHEST_MAX_JSON_DEPTH + ")");
    }
    return new EventPayloadCodec(mapper, maxAttachments, new PayloadJson(max));
  }

  /** How deep the arrays and objects of a payload may be nested. */
  public int maxJsonDepth() {
    return json.maxDepth();
  }

  /**
   * An event: its name and arguments.
   *
   * @throws IllegalArgumentException when an argument cannot be represented on the wire, there are
   *     more binary values than {@link #maxAttachments}, or the name is not as {@link
   *     WireName#requireEvent} demands
   */
  public EventPayload encodeEvent(String name, List<? extends @Nullable Object> arguments) {
    return checked(new PayloadWriter(mapper, json).write(WireName.requireEvent(name), arguments));
  }

  /**
   * An ack: arguments only.
   *
   * @throws IllegalArgumentException when an argument cannot be represented on the wire, or there
   *     are more binary values than {@link #maxAttachments}
   */
  public EventPayload encodeArguments(List<? extends @Nullable Object> arguments) {
    return checked(new PayloadWriter(mapper, json).write(null, arguments));
  }

  private EventPayload checked(EventPayload payload) {
    int attachments = payload.attachments().size();
    if (attachments > maxAttachments) {
      throw new IllegalArgumentException(
          "attachments: "
              + attachments
              + " (expected: at most "
              + maxAttachments
              + " binary values in one packet, see maxAttachments)");
    }
    return payload;
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
      return new Arguments(PayloadReader.read(payload, json), mapper);
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
