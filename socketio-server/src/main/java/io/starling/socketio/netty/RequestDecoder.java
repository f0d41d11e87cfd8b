package io.starling.socketio.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.AsciiString;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decodes HTTP requests, and tells when bytes arrive. The names of header fields, which nearly all
 * requests have in common, exist once, because otherwise each request would make them anew.
 */
final class RequestDecoder extends HttpRequestDecoder {
  private static final int MAX_HEAD_BYTES = 16 * 1024;
  private static final HttpDecoderConfig CONFIG =
      new HttpDecoderConfig()
          .setMaxInitialLineLength(MAX_HEAD_BYTES)
          .setMaxHeaderSize(MAX_HEAD_BYTES);

  private static final int MAX_SHARED_BYTES = 64;

  /**
   * A cache of names, indexed by hash; each slot keeps its last name. Threads use it without a
   * lock: if two write to one slot, one name is not shared, which does no harm.
   */
  private static final @Nullable AsciiString[] SHARED = new AsciiString[512];

  private final Runnable arriving;

  /**
   * A decoder for one connection.
   *
   * @param arriving runs each time before arrived bytes are decoded
   */
  RequestDecoder(Runnable arriving) {
    super(CONFIG);
    this.arriving = arriving;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object bytes) throws Exception {
    arriving.run();
    super.channelRead(ctx, bytes);
  }

  @Override
  protected AsciiString splitHeaderName(byte[] line, int start, int length) {
    int hash = 0;
    for (int i = start; i < start + length; i++) {
      hash = 31 * hash + line[i];
    }
    int slot = (hash ^ (hash >>> 16)) & (SHARED.length - 1);
    AsciiString last = SHARED[slot];
    if (last != null
        && Arrays.equals(last.array(), 0, last.length(), line, start, start + length)) {
      return last;
    }
    AsciiString name = new AsciiString(line, start, length, true);
    if (length <= MAX_SHARED_BYTES) {
      SHARED[slot] = name;
    }
    return name;
  }
}
