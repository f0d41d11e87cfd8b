package io.starling.socketio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.ReferenceCountUtil;
import io.starling.engineio.Delivery;
import io.starling.engineio.OutboundMessage;
import io.starling.engineio.protocol.EngineIoPacket;
import io.starling.engineio.protocol.PacketCodec;
import io.starling.socketio.transport.CompressionThreshold;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Packets as finished WebSocket frames, which every recipient's channel writes as they are.
 *
 * <pre>
 * byte 0     FIN, RSV1 (compressed), opcode (1 text, 2 binary, 8 close, 10 pong)
 * byte 1     length up to 125, or 126: 2 bytes follow, or 127: 8 bytes follow
 * …          payload; a server does not mask
 * </pre>
 *
 * See RFC 6455, section 5.2.
 */
final class WebSocketFrames implements Delivery.Encoded {
  static final int TEXT = 0x1;
  static final int BINARY = 0x2;
  static final int CLOSE = 0x8;
  static final int PING = 0x9;
  static final int PONG = 0xa;

  private static final int FIN = 0x80;
  static final int RSV1 = 0x40;
  private static final byte[] NO_TYPE = {};
  private static final int MAX_HEADER_BYTES = 10;

  private final OutboundMessage message;
  private @Nullable ByteBuf plain;
  private @Nullable ByteBuf compressed;

  /** Nothing is encoded yet. */
  WebSocketFrames(OutboundMessage message) {
    this.message = message;
  }

  /**
   * The frames, valid until {@link #release}, their indices not to be moved. They are encoded once
   * for all recipients that compress, and once for all others.
   *
   * @param deflate the same in every call, or off
   */
  ByteBuf bytes(CompressionThreshold deflate) {
    if (!message.compress() || !deflate.reachedBy(largest())) {
      if (plain == null) {
        plain = encode(CompressionThreshold.OFF);
      }
      return plain;
    }
    if (compressed == null) {
      compressed = encode(deflate);
    }
    return compressed;
  }

  private long largest() {
    long largest = 0;
    // Without an iterator here and below: this runs for each message and loop.
    for (int i = 0; i < message.packets().size(); i++) {
      largest = Math.max(largest, size(message.packets().get(i)));
    }
    return largest;
  }

  private ByteBuf encode(CompressionThreshold deflate) {
    int packets = message.packets().size();
    int length = Math.toIntExact(message.bytes() + packets * (MAX_HEADER_BYTES + 1L));
    ByteBuf frames = ByteBufAllocator.DEFAULT.directBuffer(length);
    for (int i = 0; i < packets; i++) {
      append(frames, message.packets().get(i), deflate);
    }
    return frames;
  }

  static ByteBuf of(
      EngineIoPacket packet, CompressionThreshold deflate, ByteBufAllocator allocator) {
    if (packet instanceof EngineIoPacket.Message message) {
      int length = message.bytes() + MAX_HEADER_BYTES + 1;
      return append(allocator.directBuffer(length), message, deflate);
    }
    String text = PacketCodec.text(packet);
    int length = 1 + ByteBufUtil.utf8Bytes(text);
    ByteBuf out = allocator.directBuffer(length + MAX_HEADER_BYTES);
    header(out, TEXT, length);
    out.writeByte(PacketCodec.type(packet)).writeCharSequence(text, StandardCharsets.UTF_8);
    return out;
  }

  /** A control frame; the payload stays the caller's. */
  static ByteBuf control(int opcode, ByteBuf payload, ByteBufAllocator allocator) {
    ByteBuf frame = allocator.directBuffer(MAX_HEADER_BYTES + payload.readableBytes());
    header(frame, opcode, payload.readableBytes());
    return frame.writeBytes(payload, payload.readerIndex(), payload.readableBytes());
  }

  @Override
  public void release() {
    ReferenceCountUtil.release(plain);
    ReferenceCountUtil.release(compressed);
  }

  private static ByteBuf append(
      ByteBuf out, EngineIoPacket.Message packet, CompressionThreshold deflate) {
    ByteBuffer data = packet.data();
    boolean binary = packet.binary();
    int opcode = binary ? BINARY : TEXT;
    if (deflate.reachedBy(size(packet))) {
      byte[] type = binary ? NO_TYPE : new byte[] {PacketCodec.type(packet)};
      ByteBuf payload = MessageDeflate.deflate(type, data, out.alloc());
      try {
        header(out, RSV1 | opcode, payload.readableBytes());
        return out.writeBytes(payload);
      } finally {
        payload.release();
      }
    }
    header(out, opcode, (binary ? 0 : 1) + data.remaining());
    if (!binary) {
      out.writeByte(PacketCodec.type(packet));
    }
    return out.writeBytes(data);
  }

  /** As the client counts it, with the type of a text. */
  private static long size(EngineIoPacket.Message packet) {
    return packet.bytes() + (packet.binary() ? 0L : 1L);
  }

  private static void header(ByteBuf out, int opcode, int length) {
    out.writeByte(FIN | opcode);
    if (length <= 125) {
      out.writeByte(length);
    } else if (length <= 0xffff) {
      out.writeByte(126).writeShort(length);
    } else {
      out.writeByte(127).writeLong(length);
    }
  }
}
