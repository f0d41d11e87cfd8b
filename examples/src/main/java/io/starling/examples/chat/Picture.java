package io.starling.examples.chat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * An image of a kind that browsers show and that carries no script.
 *
 * @param type its media type, told from its first bytes and not by who sent it
 */
record Picture(String type, ByteBuffer bytes) {
  /**
   * Recognises an image.
   *
   * @throws IllegalArgumentException when it is none of the four kinds
   */
  static Picture of(byte[] bytes) {
    String head = new String(bytes, 0, Math.min(bytes.length, 12), StandardCharsets.ISO_8859_1);
    String type;
    if (head.startsWith("\u0089PNG\r\n\u001a\n")) {
      type = "image/png";
    } else if (head.startsWith("\u00ff\u00d8\u00ff")) {
      type = "image/jpeg";
    } else if (head.startsWith("GIF87a") || head.startsWith("GIF89a")) {
      type = "image/gif";
    } else if (head.startsWith("RIFF") && head.endsWith("WEBP")) {
      type = "image/webp";
    } else {
      throw new IllegalArgumentException(
          "image: " + bytes.length + " bytes of no known kind (expected: PNG, JPEG, GIF or WebP)");
    }
    return new Picture(type, ByteBuffer.wrap(bytes).asReadOnlyBuffer());
  }
}
