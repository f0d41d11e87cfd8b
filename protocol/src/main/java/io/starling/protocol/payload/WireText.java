package io.starling.protocol.payload;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Encodes JSON text to UTF-8. */
final class WireText {
  private static final int ESCAPE_LENGTH = 6;

  private WireText() {}

  /**
   * Encodes a JSON text. A lone surrogate, which can only occur inside a JSON string, is written as
   * an escape of six ASCII characters. JavaScript's {@code JSON.stringify} does the same
   * (ECMAScript 2019, "well-formed JSON.stringify").
   */
  static ByteBuffer utf8(String json) {
    return isWellFormed(json)
        ? ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8))
        : utf8WithEscapes(json);
  }

  /** Returns whether each surrogate in the text is part of a pair. */
  static boolean isWellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        if (!Character.isSupplementaryCodePoint(text.codePointAt(i))) {
          return false;
        }
        i++;
      }
    }
    return true;
  }

  private static ByteBuffer utf8WithEscapes(String json) {
    CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder();
    CharBuffer in = CharBuffer.wrap(json);
    ByteBuffer out = ByteBuffer.allocate(json.length() + json.length() / 8 + ESCAPE_LENGTH);
    while (true) {
      CoderResult result = encoder.encode(in, out, true);
      if (result.isUnderflow()) {
        return out.flip();
      }
      if (result.isOverflow() || out.remaining() < ESCAPE_LENGTH) {
        out = ByteBuffer.allocate(out.capacity() * 2).put(out.flip());
      } else {
        out.put(String.format("\\u%04x", (int) in.get()).getBytes(StandardCharsets.US_ASCII));
      }
    }
  }
}
