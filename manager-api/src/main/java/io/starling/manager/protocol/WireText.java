package io.starling.manager.protocol;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** JSON text to UTF-8. */
final class WireText {
  private static final int ESCAPE_LENGTH = 6;

  private WireText() {}

  /**
   * Encodes a JSON text. A lone surrogate can only stand inside a string of it, and becomes an
   * escape, as a well-formed {@code JSON.stringify} writes it.
   */
  static ByteBuffer utf8(String json) {
    return isWellFormed(json)
        ? ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8))
        : utf8WithEscapes(json);
  }

  /** Whether each surrogate has its other half. */
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
