package io.starling.socketio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.starling.engineio.Delivery;
import io.starling.engineio.OutboundMessage;
import io.starling.engineio.protocol.EngineIoPacket;
import io.starling.engineio.protocol.PacketCodec;
import java.nio.ByteBuffer;

/**
 * Packets as finished WebSocket frames, which every recipient's channel writes as they are.
 *
 * <pre>
 * byte 0     FIN, opcode (1 text, 2 binary, 8 close, 10 pong)
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
  static final int PONG = 0xa;

  private static final int FIN = 0x80;
  private static final int MAX_HEADER_BYTES = 10;

  private final ByteBuf frames;

  private WebSocketFrames(ByteBuf frames) {
    this.frames = frames;
  }

  static WebSocketFrames of(OutboundMessage message) {
    int packets = message.packets().size();
    int length = Math.toIntExact(message.bytes() + packets * (MAX_HEADER_BYTES + 1L));
    ByteBuf frames = ByteBufAllocator.DEFAULT.directBuffer(length);
    for (EngineIoPacket packet : message.packets()) {
      append(frames, packet);
    }
    return new WebSocketFrames(frames);
  }

  static ByteBuf of(EngineIoPacket packet, ByteBufAllocator allocator) {
    int length = PacketCodec.data(packet).remaining() + MAX_HEADER_BYTES + 1;
    return append(allocator.directBuffer(length), packet);
  }

  /** A control frame; the payload stays the caller's. */
  static ByteBuf control(int opcode, ByteBuf payload, ByteBufAllocator allocator) {
    ByteBuf frame = allocator.directBuffer(MAX_HEADER_BYTES + payload.readableBytes());
    header(frame, opcode, payload.readableBytes());
    return frame.writeBytes(payload, payload.readerIndex(), payload.readableBytes());
  }

  /** The frames once more, for one recipient: a view that keeps the bytes alive until written. */
  ByteBuf share() {
    return frames.retainedDuplicate();
  }

  @Override
  public void release() {
    frames.release();
  }

  private static ByteBuf append(ByteBuf out, EngineIoPacket packet) {
    ByteBuffer data = PacketCodec.data(packet);
    if (PacketCodec.binary(packet)) {
      header(out, BINARY, data.remaining());
    } else {
      header(out, TEXT, data.remaining() + 1);
      out.writeByte(PacketCodec.type(packet));
    }
    return out.writeBytes(data);
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
