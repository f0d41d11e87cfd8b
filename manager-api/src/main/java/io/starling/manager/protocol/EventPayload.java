package io.starling.manager.protocol;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * The arguments of an event or an ack as they travel: encoded once per cluster, never parsed by a
 * host that only passes them on.
 *
 * @param json a JSON array in UTF-8: for an event its name and arguments, for an ack its arguments;
 *     binary values are {@code {"_placeholder":true,"num":i}} (Socket.IO protocol v5, "binary
 *     event")
 * @param attachments the binary values, in the order of their numbers
 */
public record EventPayload(ByteBuffer json, List<ByteBuffer> attachments) {
  public EventPayload {
    json = json.asReadOnlyBuffer();
    attachments =
        attachments.isEmpty()
            ? List.of()
            : attachments.stream().map(ByteBuffer::asReadOnlyBuffer).toList();
  }

  /** A view of the JSON text with a position of its own. */
  @Override
  public ByteBuffer json() {
    return json.duplicate();
  }

  /** How many bytes it holds, attachments included. */
  public long bytes() {
    long sum = json.remaining();
    for (ByteBuffer attachment : attachments) {
      sum += attachment.remaining();
    }
    return sum;
  }
}
