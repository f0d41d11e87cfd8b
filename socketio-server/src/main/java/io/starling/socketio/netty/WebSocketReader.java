package io.starling.socketio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the frames that a client sends over a WebSocket: RFC 6455, section 5, and RFC 7692 if
 * client and server agreed on permessage-deflate. A message that arrives in one piece is passed on
 * without a copy. A message in several pieces is collected in memory that grows with the bytes that
 * arrived, not with the announced length. Confined to the event loop of the channel.
 *
 * <pre>
 * byte 0     FIN, RSV1 to RSV3, opcode (0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong)
 * byte 1     mask bit (1 from a client), length up to 125, or 126: 2 bytes follow, or 127: 8 bytes
 * 4 bytes    the mask
 * …          payload, masked
 * </pre>
 */
abstract class WebSocketReader extends ChannelInboundHandlerAdapter {
  private static final int CONTINUATION = 0x0;
  private static final int CONTROL = 0x8;
  private static final int RESERVED = 0x70;
  private static final int MAX_CONTROL_BYTES = 125;
  private static final int MASK_BYTES = 4;

  private final int maxBytes;
  private final boolean deflates;

  /**
   * Bytes that wait to be read: an incomplete header, an incomplete control frame, or all that
   * arrived while the reader was paused. Null if no bytes wait.
   */
  private @Nullable ByteBuf rest;

  // The message that is being read. Its opcode is 0 if there is none.
  private int opcode;
  private boolean compressed;
  private @Nullable ByteBuf collected;

  // The frame of this message that is being read: whether it is the last one, how many bytes of it
  // are missing, and its mask.
  private boolean last;
  private int missing;
  private int mask;

  /** Whether reading has ended. Bytes that still arrive are ignored. */
  private boolean ended;

  /** Whether arriving bytes wait. A call of {@link #received} may set this field, too. */
  private boolean paused;

  /** Whether no more bytes arrive. Then those that wait are read, and pauses have no effect. */
  private boolean inputEnded;

  /** Whether the client broke a rule. Then its frames are skipped up to its close frame. */
  private boolean discarding;

  /** Whether a close frame has arrived, perhaps a malformed one. */
  private boolean closeArrived;

  /**
   * How many bytes of the current frame are still to be skipped; negative if the rest of the
   * connection is.
   */
  private long skipping;

  /**
   * A reader that has read nothing.
   *
   * @param maxBytes the greatest size of a message, both compressed and decompressed
   * @param deflates whether messages may be compressed
   */
  WebSocketReader(int maxBytes, boolean deflates) {
    this.maxBytes = maxBytes;
    this.deflates = deflates;
  }

  /**
   * Takes a whole message, a ping or a close frame. Pongs are not passed on.
   *
   * @param opcode the opcode of the first frame: text, binary, ping or close
   * @param buffer holds the payload from index {@code start} on, unmasked and decompressed; valid
   *     during the call only
   */
  abstract void received(int opcode, ByteBuf buffer, int start, int length);

  /**
   * Tells that the client broke the protocol or sent a message that is too large. Afterwards only
   * {@link #closedAfterFailure} is called.
   */
  abstract void failed(WebSocketCloseStatus status);

  /** Tells that a client that had broken a rule has sent its close frame. No call follows. */
  abstract void closedAfterFailure();

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof ByteBuf bytes) {
      read(bytes);
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  /** Reads bytes that arrived. The reader takes over the buffer and unmasks the payloads in it. */
  void read(ByteBuf bytes) {
    ByteBuf before = rest;
    if (before == null) {
      read(bytes, false);
      return;
    }
    try {
      GrowingBuffers.append(before, bytes, bytes.readableBytes());
    } finally {
      bytes.release();
    }
    readRest();
  }

  /**
   * Stops reading before the next frame; arriving bytes wait. Does nothing after {@link #finish}.
   */
  void pause() {
    paused = !inputEnded;
  }

  /** Goes on reading with the bytes that wait. */
  void resume() {
    paused = false;
    readRest();
  }

  /**
   * Tells that no more bytes arrive. Those that wait are read to the end, even if someone pauses
   * the reader meanwhile.
   */
  void finish() {
    inputEnded = true;
    resume();
  }

  private void readRest() {
    ByteBuf waiting = rest;
    if (waiting != null && !paused) {
      rest = null;
      read(waiting, true);
    }
  }

  /** Reads frames until the reader is paused or a frame is incomplete. The remaining bytes wait. */
  private void read(ByteBuf in, boolean waited) {
    try {
      boolean enough = true;
      while (enough && in.isReadable() && !ended && !paused) {
        try {
          if (missing > 0) {
            collect(in);
          } else {
            enough = discarding ? skip(in) : frame(in);
          }
        } catch (CorruptedWebSocketFrameException e) {
          refuse(e.closeStatus());
        }
      }
      if (in.isReadable() && !ended) {
        rest = kept(in, waited);
      }
    } finally {
      in.release();
    }
  }

  /**
   * Returns a buffer with the bytes that are not read yet. Bytes from the network are copied, so
   * that they take no more memory than they need. Bytes that had waited before are copied only if
   * they fill less than half of their buffer; so reading with many pauses copies each byte about
   * once.
   */
  private static ByteBuf kept(ByteBuf in, boolean waited) {
    int left = in.readableBytes();
    return waited && left >= in.capacity() / 2
        ? in.retain()
        : ByteBufAllocator.DEFAULT.buffer(left).writeBytes(in);
  }

  private void refuse(WebSocketCloseStatus status) {
    drop();
    discarding = true;
    failed(status);
    if (closeArrived) {
      closed();
    }
  }

  private void closed() {
    ended = true;
    closedAfterFailure();
  }

  /**
   * Skips a frame, even a malformed one, but notices a close frame. Returns false if more bytes are
   * needed, or if reading has ended.
   */
  private boolean skip(ByteBuf in) {
    if (skipping == 0) {
      int start = in.readerIndex();
      if (in.readableBytes() < 2) {
        return false;
      }
      int second = in.getByte(start + 1);
      if (in.readableBytes() < headerBytes(second)) {
        return false;
      } else if ((in.getByte(start) & 0xf) == WebSocketFrames.CLOSE) {
        closed();
        return false;
      }
      in.skipBytes(headerBytes(second));
      skipping = length(second & 0x7f, in, start + 2);
    }
    // A negative length is invalid and does not tell where the next frame begins. Then all bytes
    // that follow are skipped.
    long skipped = Math.min(in.readableBytes(), skipping < 0 ? Long.MAX_VALUE : skipping);
    in.skipBytes((int) skipped);
    skipping -= skipping < 0 ? 0 : skipped;
    return true;
  }

  /** The length of a header with this second byte, including the mask. */
  private static int headerBytes(int second) {
    int announced = second & 0x7f;
    int length = announced < 126 ? 0 : 2;
    return 2 + (announced == 127 ? 8 : length) + (second < 0 ? MASK_BYTES : 0);
  }

  private static long length(int announced, ByteBuf in, int at) {
    if (announced < 126) {
      return announced;
    }
    return announced == 126 ? in.getUnsignedShort(at) : in.getLong(at);
  }

  /** Ends reading. Drops what is incomplete; bytes that arrive later are ignored. */
  void end() {
    ended = true;
    drop();
  }

  private void drop() {
    missing = 0;
    if (rest != null) {
      rest.release();
      rest = null;
    }
    if (collected != null) {
      collected.release();
      collected = null;
    }
  }

  /**
   * Reads the header of a frame and its payload as far as it has arrived. Returns false if more
   * bytes are needed first.
   */
  private boolean frame(ByteBuf in) {
    int start = in.readerIndex();
    if (in.readableBytes() < 2) {
      return false;
    }
    int first = in.getByte(start);
    int second = in.getByte(start + 1);
    check(first, second);
    int headerBytes = headerBytes(second);
    if (in.readableBytes() < headerBytes) {
      return false;
    }
    int kind = first & 0xf;
    int length = checkedLength(kind, second & 0x7f, in, start + 2);
    int available = in.readableBytes() - headerBytes;
    if ((kind & CONTROL) != 0 && available < length) {
      return false;
    }
    mask = in.getInt(start + headerBytes - MASK_BYTES);
    in.skipBytes(headerBytes);
    if ((kind & CONTROL) != 0) {
      control(kind, in, length);
      return true;
    }
    last = first < 0;
    if (kind != CONTINUATION) {
      opcode = kind;
      compressed = (first & WebSocketFrames.RSV1) != 0;
    }
    if (last && collected == null && available >= length) {
      int payload = unmasked(in, length);
      complete(in, payload, length);
      return true;
    }
    missing = length;
    if (collected == null) {
      collected = ByteBufAllocator.DEFAULT.buffer(Math.min(length, available), maxBytes);
    }
    collect(in);
    return true;
  }

  /**
   * Checks the first two bytes of a frame against the rules for clients. Throws if they break one.
   */
  private void check(int first, int second) {
    int kind = first & 0xf;
    int reserved = first & RESERVED;
    boolean data = kind == WebSocketFrames.TEXT || kind == WebSocketFrames.BINARY;
    if (second >= 0) {
      throw violation("frame: not masked (expected: a mask)");
    } else if (reserved != 0 && !(reserved == WebSocketFrames.RSV1 && data && deflates)) {
      throw violation("frame: reserved bits (expected: none)");
    } else if (data ? opcode != 0 : kind == CONTINUATION && opcode == 0) {
      throw violation("frame: " + kind + " (expected: messages one by one)");
    } else if (!data && kind != CONTINUATION && (kind < CONTROL || kind > WebSocketFrames.PONG)) {
      throw violation("frame: " + kind + " (expected: a known opcode)");
    } else if ((kind & CONTROL) != 0 && (first >= 0 || (second & 0x7f) > MAX_CONTROL_BYTES)) {
      throw violation("frame: " + kind + " in parts or long (expected: one of up to 125 bytes)");
    }
  }

  /** The length of a payload. Throws if it is malformed or exceeds the limit of a message. */
  private int checkedLength(int kind, int announced, ByteBuf in, int at) {
    long length = length(announced, in, at);
    if (announced >= 126 && length <= (announced == 126 ? 125 : 0xffff)) {
      throw violation("length: " + length + " (expected: positive, in the shortest form)");
    }
    int before = collected == null ? 0 : collected.readableBytes();
    if ((kind & CONTROL) == 0 && length > maxBytes - before) {
      throw MessageDeflate.tooLong(maxBytes);
    }
    return (int) length;
  }

  private void control(int kind, ByteBuf in, int length) {
    int payload = unmasked(in, length);
    if (kind == WebSocketFrames.CLOSE) {
      closeArrived = true;
      checkClose(in, payload, length);
      ended = true;
    }
    if (kind != WebSocketFrames.PONG) {
      received(kind, in, payload, length);
    }
  }

  private static void checkClose(ByteBuf in, int start, int length) {
    if (length == 0) {
      return;
    } else if (length == 1) {
      throw violation("close: half a status (expected: a whole one, or none)");
    }
    if (!utf8(in.nioBuffer(start + 2, length - 2))) {
      throw new CorruptedWebSocketFrameException(
          WebSocketCloseStatus.INVALID_PAYLOAD_DATA, "close: bad reason (expected: UTF-8)", null);
    }
    int status = in.getUnsignedShort(start);
    if (!mayBeSent(status)) {
      throw violation("close: " + status + " (expected: a status that may be sent)");
    }
  }

  /**
   * Whether the remaining bytes are well-formed UTF-8. The position of the buffer does not change.
   */
  static boolean utf8(ByteBuffer text) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(text.duplicate());
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /**
   * Whether a close frame may carry this status: RFC 6455, section 7.4, and the registry of close
   * codes that it sets up.
   */
  private static boolean mayBeSent(int status) {
    boolean unsendable = status >= 1004 && status <= 1006;
    return (status >= 1000 && status <= 1014 && !unsendable) || (status >= 3000 && status <= 4999);
  }

  /** Collects the payload of the current frame as far as it has arrived. */
  private void collect(ByteBuf in) {
    ByteBuf message = collected;
    if (message == null) {
      throw new IllegalStateException("message: none (expected: one under way)");
    }
    int taken = Math.min(missing, in.readableBytes());
    int start = message.writerIndex();
    GrowingBuffers.append(message, in, taken);
    unmask(message, start, taken);
    mask = Integer.rotateLeft(mask, 8 * (taken & 3));
    missing -= taken;
    if (missing == 0 && last) {
      collected = null;
      try {
        complete(message, message.readerIndex(), message.readableBytes());
      } finally {
        message.release();
      }
    }
  }

  private void complete(ByteBuf buffer, int start, int length) {
    int kind = opcode;
    opcode = 0;
    if (!compressed) {
      received(kind, buffer, start, length);
      return;
    }
    ByteBuf plain =
        MessageDeflate.inflate(buffer.slice(start, length), maxBytes, ByteBufAllocator.DEFAULT);
    try {
      received(kind, plain, plain.readerIndex(), plain.readableBytes());
    } finally {
      plain.release();
    }
  }

  /** Unmasks the next bytes and skips them. Returns the index at which they begin. */
  private int unmasked(ByteBuf in, int length) {
    int start = in.readerIndex();
    in.skipBytes(length);
    unmask(in, start, length);
    return start;
  }

  private void unmask(ByteBuf buffer, int start, int length) {
    ByteBuffer bytes = buffer.internalNioBuffer(start, length);
    long twice = ((long) mask << 32) | (mask & 0xffffffffL);
    int at = bytes.position();
    int end = bytes.limit();
    for (; end - at >= Long.BYTES; at += Long.BYTES) {
      bytes.putLong(at, bytes.getLong(at) ^ twice);
    }
    // Java takes the count of a shift modulo 32, so the mask starts again after four bytes.
    for (int shift = 24; at < end; at++, shift -= 8) {
      bytes.put(at, (byte) (bytes.get(at) ^ (mask >>> shift)));
    }
  }

  private static CorruptedWebSocketFrameException violation(String fault) {
    return new CorruptedWebSocketFrameException(WebSocketCloseStatus.PROTOCOL_ERROR, fault, null);
  }
}
