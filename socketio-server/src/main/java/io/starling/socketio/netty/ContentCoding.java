package io.starling.socketio.netty;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The codings in which a response body can be compressed, the better one first. See RFC 9110,
 * section 8.4.1.
 */
enum ContentCoding {
  GZIP,
  DEFLATE;

  /**
   * The coding that a client prefers; empty if it prefers an uncompressed body or accepts no coding
   * of this enum. Among equal preferences, a compressed body wins over a plain one, and gzip over
   * deflate.
   *
   * @param request header fields, of which {@code Accept-Encoding} counts
   */
  static Optional<ContentCoding> of(HttpHeaders request) {
    Map<String, Double> qualities = new HashMap<>();
    for (String field : request.getAll(HttpHeaderNames.ACCEPT_ENCODING)) {
      for (String choice : field.toLowerCase(Locale.ROOT).split(",", -1)) {
        String[] parts = choice.split(";", 2);
        qualities.putIfAbsent(parts[0].strip(), quality(parts.length > 1 ? parts[1] : ""));
      }
    }
    ContentCoding best = null;
    double most = qualities.getOrDefault("identity", 0.0);
    for (ContentCoding coding : values()) {
      double any = qualities.getOrDefault("*", 0.0);
      double quality = qualities.getOrDefault(coding.text(), any);
      if (quality > 0 && (best == null ? quality >= most : quality > most)) {
        best = coding;
        most = quality;
      }
    }
    return Optional.ofNullable(best);
  }

  /** The name of this coding in {@code Content-Encoding}. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Compresses a body, which must have an accessible array. The fastest level is used, because the
   * caller may be an event loop.
   */
  ByteBuffer encode(ByteBuffer body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(body.remaining() / 4);
    Deflater zlib = new Deflater(Deflater.BEST_SPEED);
    try (OutputStream out =
        this == GZIP ? new FastGzip(bytes) : new DeflaterOutputStream(bytes, zlib)) {
      out.write(body.array(), body.arrayOffset() + body.position(), body.remaining());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      zlib.end();
    }
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  /**
   * The quality value of a choice, from 0 to 1. A malformed value counts as 0, which refuses the
   * coding.
   */
  private static double quality(String parameter) {
    String text = parameter.replace(" ", "");
    if (!text.startsWith("q=")) {
      return 1;
    }
    return text.matches("q=(0(\\.[0-9]{0,3})?|1(\\.0{0,3})?)")
        ? Double.parseDouble(text.substring(2))
        : 0;
  }

  private static final class FastGzip extends GZIPOutputStream {
    FastGzip(OutputStream out) throws IOException {
      super(out);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
