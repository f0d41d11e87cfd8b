package io.starling.socketio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.ReferenceCountUtil;
import io.starling.engineio.Delivery;
import io.starling.engineio.OutboundMessage;
import io.starling.protocol.engineio.EngineIoPacket;
import io.starling.protocol.engineio.PacketCodec;
import io.starling.socketio.transport.CompressionThreshold;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The packets of one message as finished WebSocket frames. The channel of every recipient writes
 * these bytes unchanged. Confined to the event loop of the recipients.
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
  private static final byte[] MESSAGE = {'4'};
  private static final int MAX_HEADER_BYTES = 10;

  /**
   * The form in which one client wants its frames.
   *
   * @param deflate from which size on messages are compressed
   * @param base64 whether binary data is sent as base64 text
   */
  record Format(CompressionThreshold deflate, boolean base64) {
    /** The form for clients that want neither compression nor base64. */
    static final Format PLAIN = new Format(CompressionThreshold.OFF, false);
  }

  /** Whether binary data is encoded as base64 in text frames. */
  private final boolean text;

  private final boolean mayCompress;

  /** The size of the largest packet, which decides about compression. */
  private final long largest;

  /** The message to encode; null once no further form of it will be needed. */
  private @Nullable OutboundMessage message;

  private @Nullable ByteBuf plain;
  private @Nullable ByteBuf compressed;

  /**
   * The frames for clients that want base64; null until the first of them. This object itself if
   * the message has no binary data.
   */
  private @Nullable WebSocketFrames base64;

  /** The frames of a message, which are encoded when they are first needed. */
  WebSocketFrames(OutboundMessage message) {
    this(message, false);
  }

  private WebSocketFrames(OutboundMessage message, boolean text) {
    this.text = text;
    this.message = message;
    this.mayCompress = message.compress();
    this.largest = largest(message.packets(), text);
  }

  private WebSocketFrames base64() {
    WebSocketFrames made = base64;
    if (made == null) {
      boolean binary = message().packets().stream().anyMatch(PacketCodec::binary);
      made = binary ? new WebSocketFrames(message(), true) : this;
      base64 = made;
    }
    return made;
  }

  /** The frames in the form that one client wants; see {@link #bytes(CompressionThreshold)}. */
  ByteBuf bytes(Format format) {
    return (format.base64() ? base64() : this).bytes(format.deflate());
  }

  /**
   * The encoded frames. They are encoded once for all recipients that compress, and once for all
   * others. The buffer is valid until {@link #release}, and callers must not move its indices.
   *
   * @param deflate from which size on this recipient compresses; the same in every call, or {@link
   *     CompressionThreshold#OFF}
   */
  ByteBuf bytes(CompressionThreshold deflate) {
    if (!mayCompress || !deflate.reachedBy(largest)) {
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

  private static long largest(List<EngineIoPacket.Message> packets, boolean text) {
    long largest = 0;
    // This code runs for each message and event loop, so it creates no iterators, here and below.
    for (int i = 0; i < packets.size(); i++) {
      largest = Math.max(largest, size(packets.get(i), text));
    }
    return largest;
  }

  private ByteBuf encode(CompressionThreshold deflate) {
    OutboundMessage encoded = message();
    int packets = encoded.packets().size();
    long length = packets * (long) MAX_HEADER_BYTES;
    for (int i = 0; i < packets; i++) {
      length += size(encoded.packets().get(i), text);
    }
    ByteBuf frames = ByteBufAllocator.DEFAULT.directBuffer(Math.toIntExact(length));
    for (int i = 0; i < packets; i++) {
      append(frames, encoded.packets().get(i), deflate, text);
    }
    return frames;
  }

  private OutboundMessage message() {
    OutboundMessage given = message;
    if (given == null) {
      throw new IllegalStateException("frames: of another form (expected: made before)");
    }
    return given;
  }

  /** Encodes a packet for one recipient. The caller must release the result. */
  static ByteBuf of(
      EngineIoPacket packet, CompressionThreshold deflate, ByteBufAllocator allocator) {
    if (packet instanceof EngineIoPacket.Message message) {
      int length = message.bytes() + MAX_HEADER_BYTES + 1;
      return append(allocator.directBuffer(length), message, deflate, false);
    }
    String text = PacketCodec.text(packet);
    int length = 1 + ByteBufUtil.utf8Bytes(text);
    ByteBuf out = allocator.directBuffer(length + MAX_HEADER_BYTES);
    header(out, TEXT, length);
    out.writeByte(PacketCodec.type(packet)).writeCharSequence(text, StandardCharsets.UTF_8);
    return out;
  }

  /**
   * Encodes a control frame. The payload stays the caller's, and the caller must release the
   * result.
   */
  static ByteBuf control(int opcode, ByteBuf payload, ByteBufAllocator allocator) {
    ByteBuf frame = allocator.directBuffer(MAX_HEADER_BYTES + payload.readableBytes());
    header(frame, opcode, payload.readableBytes());
    return frame.writeBytes(payload, payload.readerIndex(), payload.readableBytes());
  }

  @Override
  public void complete() {
    message = null;
    if (base64 != null && base64 != this) {
      base64.complete();
    }
  }

  @Override
  public void release() {
    ReferenceCountUtil.release(plain);
    ReferenceCountUtil.release(compressed);
    if (base64 != null && base64 != this) {
      base64.release();
    }
  }

  private static ByteBuf append(
      ByteBuf out, EngineIoPacket.Message packet, CompressionThreshold deflate, boolean text) {
    boolean bytes = packet.binary() && !text;
    boolean base64 = packet.binary() && text;
    int opcode = bytes ? BINARY : TEXT;
    ByteBuffer data = base64 ? PacketCodec.base64(packet) : packet.data();
    byte[] type = packet.binary() ? NO_TYPE : MESSAGE;
    if (deflate.reachedBy(size(packet, text))) {
      ByteBuf payload = MessageDeflate.deflate(type, data, out.alloc());
      try {
        header(out, RSV1 | opcode, payload.readableBytes());
        return out.writeBytes(payload);
      } finally {
        payload.release();
      }
    }
    header(out, opcode, type.length + data.remaining());
    if (type.length > 0) {
      out.writeByte(type[0]);
    }
    return out.writeBytes(data);
  }

  /**
   * The size of a packet as the client counts it. For a text this includes the character of its
   * type.
   */
  private static long size(EngineIoPacket.Message packet, boolean text) {
    return packet.binary() && !text ? packet.bytes() : PacketCodec.textLength(packet);
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
