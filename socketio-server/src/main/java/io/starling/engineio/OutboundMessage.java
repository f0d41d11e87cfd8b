package io.starling.engineio;

import io.starling.engineio.protocol.EngineIoPacket;
import java.util.List;

/**
 * What one send carries to every recipient: packets that must stay together and in order, such as
 * the text and the attachments of one Socket.IO packet. It is encoded once for all recipients of an
 * event loop, so the buffers of the packets must not change afterwards.
 *
 * @param packets at least one
 * @param dropIfNotWritable leaves out the sessions that cannot take bytes at that moment
 * @param compress whether a transport that compresses may compress it
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

  /** The size of all packets, without their framing. */
  public long bytes() {
    long bytes = 0;
    // Without an iterator: this runs several times for each message.
    for (int i = 0; i < packets.size(); i++) {
      bytes += packets.get(i).bytes();
    }
    return bytes;
  }
}
