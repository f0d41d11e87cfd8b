package io.starling.socketio.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.AsciiString;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decodes HTTP requests. To save memory, all connections share the names of header fields, which
 * are mostly the same.
 */
final class RequestDecoder extends HttpRequestDecoder {
  private static final int MAX_SHARED_BYTES = 64;

  /**
   * For each hash slot, the name that was last decoded. All event loops use this array without a
   * lock. If two write to a slot at once, one name is not shared, which does no harm.
   */
  private static final @Nullable AsciiString[] NAMES = new AsciiString[512];

  private final Runnable arriving;

  /**
   * A decoder for one connection.
   *
   * @param arriving runs each time before arrived bytes are decoded
   */
  RequestDecoder(HttpDecoderConfig config, Runnable arriving) {
    super(config);
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
    int slot = (hash ^ (hash >>> 16)) & (NAMES.length - 1);
    AsciiString last = NAMES[slot];
    if (last != null && same(last, line, start, length)) {
      return last;
    }
    AsciiString made = new AsciiString(line, start, length, true);
    if (length <= MAX_SHARED_BYTES) {
      NAMES[slot] = made;
    }
    return made;
  }

  /** The status of the response to a request that could not be decoded. */
  static HttpResponseStatus refusal(Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return HttpResponseStatus.REQUEST_URI_TOO_LONG;
    } else if (cause instanceof TooLongHttpHeaderException) {
      return HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
    }
    return HttpResponseStatus.BAD_REQUEST;
  }

  private static boolean same(AsciiString name, byte[] line, int start, int length) {
    return Arrays.equals(name.array(), 0, name.length(), line, start, start + length);
  }
}
