package io.starling.engineio.protocol;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;

/**
 * Packets as the body of a polling request or response.
 *
 * <pre>
 * packet 0x1e packet 0x1e packet …
 * packet = type data | 'b' base64 (a binary message, without a type)
 * </pre>
 *
 * See the Engine.IO protocol, revision 4, "Payload encoding".
 */
public final class PayloadCodec {
  private static final byte SEPARATOR = 0x1e;
  private static final byte BINARY = 'b';

  private PayloadCodec() {}

  /**
   * Decodes a payload, handing over packet by packet. Text messages share their bytes with it.
   *
   * @throws MalformedPacketException at the first bad packet; those before it were handed over
   */
  public static void decode(ByteBuffer payload, Consumer<? super EngineIoPacket> sink) {
    int start = payload.position();
    int end = payload.limit();
    for (int at = start; at <= end; at++) {
      if (at == end || payload.get(at) == SEPARATOR) {
        sink.accept(decodePacket(payload.duplicate().limit(at).position(start)));
        start = at + 1;
      }
    }
  }

  /** Encodes packets into one payload. */
  public static ByteBuffer encode(List<? extends EngineIoPacket> packets) {
    int length = 0;
    for (EngineIoPacket packet : packets) {
      length += encodedLength(packet) + 1;
    }
    ByteBuffer payload = ByteBuffer.allocate(length);
    for (EngineIoPacket packet : packets) {
      if (payload.position() > 0) {
        payload.put(SEPARATOR);
      }
      if (PacketCodec.binary(packet)) {
        payload.put(BINARY).put(Base64.getEncoder().encode(PacketCodec.data(packet)));
      } else {
        payload.put(PacketCodec.type(packet)).put(PacketCodec.data(packet));
      }
    }
    return payload.flip();
  }

  /** How many bytes a packet takes in a payload, without a separator. */
  public static int encodedLength(EngineIoPacket packet) {
    int bytes = packet instanceof EngineIoPacket.Message message ? message.bytes() : -1;
    if (bytes < 0) {
      return 1 + PacketCodec.data(packet).remaining();
    }
    return PacketCodec.binary(packet) ? 1 + (bytes + 2) / 3 * 4 : 1 + bytes;
  }

  private static EngineIoPacket decodePacket(ByteBuffer packet) {
    if (!packet.hasRemaining() || packet.get(packet.position()) != BINARY) {
      return PacketCodec.decodeText(packet);
    }
    packet.get();
    try {
      return new EngineIoPacket.Message(Base64.getDecoder().decode(joinLines(packet)), true);
    } catch (IllegalArgumentException e) {
      throw new MalformedPacketException("binary packet: malformed (expected: base64)");
    }
  }

  /** The official Java client breaks base64 into lines of 76 characters. */
  private static ByteBuffer joinLines(ByteBuffer base64) {
    ByteBuffer joined = ByteBuffer.allocate(base64.remaining());
    while (base64.hasRemaining()) {
      byte next = base64.get();
      if (next != '\n' && next != '\r') {
        joined.put(next);
      }
    }
    return joined.flip();
  }
}
