package io.starling.protocol.payload;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Encodes JSON text to UTF-8. */
final class WireText {
  private WireText() {}

  /**
   * Encodes a JSON text. A lone surrogate, which can only occur inside a JSON string, is written as
   * an escape of six ASCII characters. JavaScript's {@code JSON.stringify} does the same
   * (ECMAScript 2019, "well-formed JSON.stringify").
   */
  static ByteBuffer utf8(String json) {
    String text = isWellFormed(json) ? json : withEscapes(json);
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
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

  private static String withEscapes(String json) {
    StringBuilder text = new StringBuilder(json.length() + 6);
    json.codePoints()
        .forEach(
            character -> {
              if (Character.getType(character) == Character.SURROGATE) {
                text.append(String.format("\\u%04x", character));
              } else {
                text.appendCodePoint(character);
              }
            });
    return text.toString();
  }
}
