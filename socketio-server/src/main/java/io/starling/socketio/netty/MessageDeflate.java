package io.starling.socketio.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.util.concurrent.FastThreadLocal;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Compresses and decompresses messages as the WebSocket extension permessage-deflate demands, RFC
 * 7692. Messages are compressed independently of each other, in both directions. So one compressed
 * frame serves all recipients, and one {@link Deflater} and one {@link Inflater} serve all
 * connections of a thread.
 */
final class MessageDeflate {
  /**
   * The empty block that ends a flush of deflate. The sender leaves these bytes out and the
   * receiver adds them again: RFC 7692, section 7.2.
   */
  private static final byte[] TAIL = {0, 0, (byte) 0xff, (byte) 0xff};

  private static final int FIRST_BYTES = 512;
  private static final int MAX_STEP_BYTES = 64 * 1024;

  private static final FastThreadLocal<MessageDeflate> OF_THREAD =
      new FastThreadLocal<>() {
        @Override
        protected MessageDeflate initialValue() {
          return new MessageDeflate();
        }

        @Override
        protected void onRemoval(MessageDeflate value) {
          value.deflater.end();
          value.inflater.end();
        }
      };

  private final Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
  private final Inflater inflater = new Inflater(true);

  private MessageDeflate() {}

  /**
   * Compresses the bytes of {@code before} followed by those of {@code data}. The caller must
   * release the result.
   */
  static ByteBuf deflate(byte[] before, ByteBuffer data, ByteBufAllocator allocator) {
    Deflater deflater = OF_THREAD.get().deflater;
    deflater.reset();
    ByteBuf out = allocator.directBuffer(FIRST_BYTES);
    deflater.setInput(before);
    take(deflater, Deflater.NO_FLUSH, out);
    deflater.setInput(data);
    take(deflater, Deflater.SYNC_FLUSH, out);
    return out.writerIndex(out.writerIndex() - TAIL.length);
  }

  /** Moves all output that the deflater can make of its input into the buffer. */
  private static void take(Deflater deflater, int flush, ByteBuf out) {
    int room;
    int made;
    do {
      GrowingBuffers.reserve(
          out, Math.min(MAX_STEP_BYTES, Math.max(FIRST_BYTES, out.writerIndex())));
      room = out.writableBytes();
      made = deflater.deflate(out.nioBuffer(out.writerIndex(), room), flush);
      out.writerIndex(out.writerIndex() + made);
    } while (made == room);
  }

  /**
   * Decompresses the payload of one message. The caller must release the result.
   *
   * @throws CorruptedWebSocketFrameException if the payload is not a deflate stream, or if the
   *     result would be longer than {@code maxBytes}; no memory is taken for the excess
   */
  static ByteBuf inflate(ByteBuf payload, int maxBytes, ByteBufAllocator allocator) {
    Inflater inflater = OF_THREAD.get().inflater;
    inflater.reset();
    int mostBytes = (int) Math.min(Integer.MAX_VALUE, maxBytes + 1L);
    ByteBuf out = allocator.buffer(Math.min(mostBytes, FIRST_BYTES), mostBytes);
    boolean done = false;
    try {
      inflater.setInput(payload.nioBuffer());
      give(inflater, maxBytes, out);
      inflater.setInput(TAIL);
      give(inflater, maxBytes, out);
      done = true;
      return out;
    } catch (DataFormatException e) {
      throw new CorruptedWebSocketFrameException(
          WebSocketCloseStatus.INVALID_PAYLOAD_DATA, "payload: no deflate stream", e);
    } finally {
      if (!done) {
        out.release();
      }
    }
  }

  /**
   * Moves all output that the inflater can make of its input into the buffer. Stops with an
   * exception if the buffer then holds more than {@code maxBytes}.
   */
  private static void give(Inflater inflater, int maxBytes, ByteBuf out)
      throws DataFormatException {
    while (!inflater.finished()) {
      int step = Math.min(MAX_STEP_BYTES, Math.max(FIRST_BYTES, out.writerIndex()));
      GrowingBuffers.reserve(out, (int) Math.min(step, maxBytes + 1L - out.writerIndex()));
      int room = (int) Math.min(out.writableBytes(), maxBytes + 1L - out.writerIndex());
      int made = inflater.inflate(out.nioBuffer(out.writerIndex(), room));
      out.writerIndex(out.writerIndex() + made);
      if (out.writerIndex() > maxBytes) {
        throw tooLong(maxBytes);
      } else if (made < room) {
        if (inflater.needsDictionary()) {
          throw new DataFormatException("dictionary");
        }
        return;
      }
    }
  }

  /** The failure of a message that is longer than the server accepts. */
  static CorruptedWebSocketFrameException tooLong(int maxBytes) {
    return new CorruptedWebSocketFrameException(
        WebSocketCloseStatus.MESSAGE_TOO_BIG, "message: longer than " + maxBytes + " bytes", null);
  }
}
