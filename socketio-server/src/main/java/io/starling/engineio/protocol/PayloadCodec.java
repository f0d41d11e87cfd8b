package io.starling.engineio.protocol;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Consumer;

/**
 * Packets as the body of a polling request or response.
 *
 * <pre>
 * packet 0x1e packet 0x1e packet …     each as the content of a text frame, see {@link PacketCodec}
 * </pre>
 *
 * See the Engine.IO protocol, revision 4, "Payload encoding".
 */
public final class PayloadCodec {
  private static final byte SEPARATOR = 0x1e;

  private PayloadCodec() {}

  /**
   * Decodes a payload, handing over packet by packet. Text messages share their bytes with it.
   *
   * @throws MalformedPacketException at the first bad packet; those before it were handed over
   */
  public static void decode(ByteBuffer payload, Consumer<? super EngineIoPacket> sink) {
    decode(payload).forEachRemaining(sink);
  }

  /**
   * Decodes a payload, each packet when it is asked for; {@link Iterator#next} throws {@link
   * MalformedPacketException} at a bad one. Text messages share their bytes with the payload.
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

    /** Behind a separator comes a packet, even an empty one, which is malformed. */
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
