package io.starling.protocol.engineio;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Encodes and decodes Engine.IO packets as the body of a polling request or response:
 *
 * <pre>
 * packet 0x1e packet 0x1e packet …
 * </pre>
 *
 * <p>Each packet has the form of a text frame in {@link PacketCodec}. See the Engine.IO protocol,
 * revision 4, "Payload encoding".
 */
public final class PayloadCodec {
  private static final byte SEPARATOR = 0x1e;

  private PayloadCodec() {}

  /**
   * Decodes a payload lazily: each call of {@link Iterator#next} decodes one packet and throws
   * {@link MalformedPacketException} if the packet is malformed. Text messages share their bytes
   * with the payload.
   */
  public static Iterator<EngineIoPacket> decode(ByteBuffer payload) {
    return new Packets(payload);
  }

  /** Encodes packets into one payload. */
  public static ByteBuffer encode(List<? extends EngineIoPacket> packets) {
    int length = 0;
    for (EngineIoPacket packet : packets) {
      length += PacketCodec.textLength(packet) + 1;
    }
    ByteBuffer payload = ByteBuffer.allocate(length);
    for (EngineIoPacket packet : packets) {
      if (payload.position() > 0) {
        payload.put(SEPARATOR);
      }
      if (packet instanceof EngineIoPacket.Message message && message.binary()) {
        payload.put(PacketCodec.base64(message));
      } else {
        payload.put(PacketCodec.type(packet)).put(PacketCodec.data(packet));
      }
    }
    return payload.flip();
  }

  private static final class Packets implements Iterator<EngineIoPacket> {
    private final ByteBuffer payload;
    private int start;

    Packets(ByteBuffer payload) {
      this.payload = payload;
      this.start = payload.position();
    }

    /**
     * Whether a packet follows. A separator is always followed by a packet. At the end of the
     * payload that packet is empty and so malformed.
     */
    @Override
    public boolean hasNext() {
      return start <= payload.limit();
    }

    @Override
    public EngineIoPacket next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      int at = start;
      while (at < payload.limit() && payload.get(at) != SEPARATOR) {
        at++;
      }
      ByteBuffer packet = payload.duplicate().limit(at).position(start);
      start = at + 1;
      return PacketCodec.decodeText(packet);
    }
  }
}
