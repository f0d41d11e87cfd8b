package io.starling.protocol.payload;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * The encoded arguments of a Socket.IO event or acknowledgement. The process that emits an event
 * encodes the arguments once. A host that passes the event on to its clients never parses them.
 *
 * <p>The buffers are views that share their bytes with the buffers of the constructor.
 *
 * @param json a JSON array in UTF-8. For an event it holds the name and the arguments, for an
 *     acknowledgement the arguments. A binary value is {@code {"_placeholder":true,"num":i}}
 *     (Socket.IO protocol v5, "binary event")
 * @param attachments the binary values, in the order of the numbers {@code i}
 */
public record EventPayload(ByteBuffer json, List<ByteBuffer> attachments) {
  /** The property that is true in a JSON object that stands for a binary value. */
  public static final String PLACEHOLDER = "_placeholder";

  /** The property of a placeholder that holds the number of its attachment. */
  public static final String NUMBER = "num";

  public EventPayload {
    json = json.asReadOnlyBuffer();
    attachments =
        attachments.isEmpty()
            ? List.of()
            : attachments.stream().map(ByteBuffer::asReadOnlyBuffer).toList();
  }

  /** Returns a new read-only view of the JSON text, whose position the caller may change. */
  @Override
  public ByteBuffer json() {
    return json.duplicate();
  }

  /** Returns the number of bytes of the JSON text and of all attachments. */
  public long bytes() {
    long sum = json.remaining();
    for (ByteBuffer attachment : attachments) {
      sum += attachment.remaining();
    }
    return sum;
  }
}
