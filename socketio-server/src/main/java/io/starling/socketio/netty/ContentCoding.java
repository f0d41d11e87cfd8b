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

/** How a body can be compressed; the best first. See RFC 9110, section 8.4.1. */
enum ContentCoding {
  GZIP,
  DEFLATE;

  /**
   * The coding that a client likes best; empty when it likes its body plain.
   *
   * @param request whose {@code Accept-Encoding} counts
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

  /** The name in {@code Content-Encoding}. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Compresses fast rather than well: it may run on an event loop. */
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
