package io.starling.engineio;

import io.starling.protocol.engineio.EngineIoPacket;
import java.util.List;

/**
 * A message to one or more sessions: Engine.IO packets that must stay together and in order, such
 * as the text and the attachments of one Socket.IO packet. It is encoded once for all recipients on
 * an event loop. The buffers of the packets must not change after the message was sent.
 *
 * @param packets at least one packet
 * @param dropIfNotWritable whether the message is dropped for each session whose client does not
 *     keep up at that moment
 * @param compress whether transports with compression may compress the message
 */
public record OutboundMessage(
    List<EngineIoPacket.Message> packets, boolean dropIfNotWritable, boolean compress) {

  /** Copies the list. */
  public OutboundMessage {
    packets = List.copyOf(packets);
    if (packets.isEmpty()) {
      throw new IllegalArgumentException("packets: [] (expected: at least one)");
    }
  }

  /** The size of all packets in bytes, without framing. */
  public long bytes() {
    long bytes = 0;
    // An index instead of an iterator: this runs several times for each message.
    for (int i = 0; i < packets.size(); i++) {
      bytes += packets.get(i).bytes();
    }
    return bytes;
  }
}
