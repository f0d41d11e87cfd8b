package io.starling.manager.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Arguments to payload and back. Immutable and safe for any thread. */
public final class EventPayloadCodec {
  private final JsonMapper mapper;

  public EventPayloadCodec(JsonMapper mapper) {
    this.mapper = mapper;
  }

  /**
   * An event: its name and arguments.
   *
   * @throws IllegalArgumentException when an argument cannot be represented on the wire
   */
  public EventPayload encodeEvent(String name, List<? extends @Nullable Object> arguments) {
    return new EventPayload(java.nio.ByteBuffer.allocate(0), List.of());
  }

  /** An ack: arguments only. */
  public EventPayload encodeArguments(List<? extends @Nullable Object> arguments) {
    return new EventPayload(java.nio.ByteBuffer.allocate(0), List.of());
  }

  /** All elements of the array, attachments put in place of their placeholders. */
  public Arguments decode(EventPayload payload) {
    return new Arguments(List.of(), mapper);
  }
}
