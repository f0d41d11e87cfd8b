package io.starling.protocol.payload;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Encodes the arguments of events and acknowledgements to an {@link EventPayload} and decodes them.
 * Immutable and safe for any thread.
 *
 * <p>The JSON text is compact. As in JavaScript's {@code JSON.stringify}, NaN and infinities become
 * null, and lone surrogates become escapes. Every digit of a long, BigInteger or BigDecimal is
 * written. A binary value ({@code byte[]}, {@link java.nio.ByteBuffer}, binary node) at any depth
 * is copied to an attachment. The JSON mapper decides which JSON value a Java object becomes. It
 * does not decide how the text is written.
 */
public final class EventPayloadCodec {
  /** The default bound on binary values in one packet. Official clients accept no more. */
  public static final int DEFAULT_MAX_ATTACHMENTS = 10;

  /** The default bound on the depth of nested arrays and objects in a payload. */
  public static final int DEFAULT_MAX_JSON_DEPTH = 500;

  /**
   * The highest bound on the depth of nested arrays and objects. Decoding is recursive, and this
   * depth still fits on the stack of a thread.
   */
  public static final int HIGHEST_MAX_JSON_DEPTH = 2000;

  private static final JsonFactory DEFAULT_JSON = json(DEFAULT_MAX_JSON_DEPTH);

  private final JsonMapper mapper;
  private final int maxAttachments;

  /** Makes the JSON parsers and generators. It holds the bound on the depth. */
  private final JsonFactory json;

  /**
   * Creates a codec that uses a JSON mapper of the application, with the default bounds.
   *
   * @param mapper converts Java objects to JSON values and back. The codec uses a copy that refuses
   *     JSON trees of other libraries, unless the mapper has a serializer for them
   */
  public EventPayloadCodec(JsonMapper mapper) {
    this(ForeignTrees.refusedBy(mapper), DEFAULT_MAX_ATTACHMENTS, DEFAULT_JSON);
  }

  private EventPayloadCodec(JsonMapper mapper, int maxAttachments, JsonFactory json) {
    this.mapper = mapper;
    this.maxAttachments = maxAttachments;
    this.json = json;
  }

  /**
   * Makes a factory whose parsers and generators refuse arrays and objects that are nested too
   * deep. The length of a string needs no bound, because the size of a message has one.
   */
  private static JsonFactory json(int maxDepth) {
    return JsonFactory.builder()
        // Writes the fewest digits that parse to the same double, as JavaScript does. Without
        // this feature Double.toString decides, which writes more digits before JDK 19.
        .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(maxDepth)
                .maxStringLength(Integer.MAX_VALUE)
                .build())
        .streamWriteConstraints(StreamWriteConstraints.builder().maxNestingDepth(maxDepth).build())
        .build();
  }

  /**
   * Returns a codec whose JSON mapper has the defaults of Jackson 3, with two exceptions.
   * Properties keep the order of their declaration. An object of a class without properties is
   * refused instead of being written as {@code {}}.
   */
  public static EventPayloadCodec standard() {
    return new EventPayloadCodec(
        JsonMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .build());
  }

  /**
   * Returns a codec with another bound on the number of binary values in one payload. An official
   * client closes its connection when an event has more than {@value #DEFAULT_MAX_ATTACHMENTS}.
   *
   * @param max positive
   */
  public EventPayloadCodec withMaxAttachments(int max) {
    if (max <= 0) {
      throw new IllegalArgumentException("maxAttachments: " + max + " (expected: > 0)");
    }
    return new EventPayloadCodec(mapper, max, json);
  }

  /** Returns the bound on the number of binary values in one payload. */
  public int maxAttachments() {
    return maxAttachments;
  }

  /**
   * Returns a codec with another bound on the depth of nested arrays and objects. The array of the
   * payload itself counts as depth 1.
   *
   * @param max 1 to {@value #HIGHEST_MAX_JSON_DEPTH}
   */
  public EventPayloadCodec withMaxJsonDepth(int max) {
    if (max < 1 || max > HIGHEST_MAX_JSON_DEPTH) {
      throw new IllegalArgumentException(
          "maxJsonDepth: " + max + " (expected: 1 to " + HIGHEST_MAX_JSON_DEPTH + ")");
    }
    return new EventPayloadCodec(mapper, maxAttachments, json(max));
  }

  /** Returns the bound on the depth of nested arrays and objects in a payload. */
  public int maxJsonDepth() {
    return json.streamReadConstraints().getMaxNestingDepth();
  }

  /**
   * Encodes the name and the arguments of an event.
   *
   * @throws IllegalArgumentException when an argument cannot be represented as JSON, when there are
   *     more binary values than {@link #maxAttachments}, or when {@link WireName#requireEvent}
   *     refuses the name
   */
  public EventPayload encodeEvent(String name, List<? extends @Nullable Object> arguments) {
    return checked(new PayloadWriter(mapper, json).write(WireName.requireEvent(name), arguments));
  }

  /**
   * Encodes the arguments of an acknowledgement.
   *
   * @throws IllegalArgumentException when an argument cannot be represented as JSON, or when there
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
   * Decodes all elements of the JSON array, and replaces each placeholder by its attachment. In a
   * payload without attachments a placeholder is an ordinary object, as for the official parser.
   *
   * @throws IllegalArgumentException when the text is not exactly one JSON array, when it exceeds
   *     {@link #maxJsonDepth}, or when a placeholder has a number that no attachment has
   */
  public Arguments decode(EventPayload payload) {
    return new Arguments(PayloadReader.read(payload, json), mapper);
  }

  /**
   * Decodes an event: the first element of the JSON array is the name, the others are the
   * arguments.
   *
   * @throws IllegalArgumentException in the cases of {@link #decode}, when the first element is
   *     neither a string nor a number, or when {@link WireName#requireEvent} refuses the name
   */
  public Event decodeEvent(EventPayload payload) {
    List<JsonNode> all = PayloadReader.read(payload, json);
    JsonNode name = all.isEmpty() ? mapper.missingNode() : all.get(0);
    if (!name.isString() && !name.isNumber()) {
      throw new IllegalArgumentException(
          "event: " + name.getNodeType() + " (expected: a string or number as its name)");
    }
    Arguments arguments = new Arguments(all.subList(1, all.size()), mapper);
    return new Event(WireName.requireEvent(name.asString()), arguments);
  }
}
