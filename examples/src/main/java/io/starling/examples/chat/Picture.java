package io.starling.examples.chat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * An image of a type that browsers show and that contains no script.
 *
 * @param type the media type; it is found from the first bytes, whatever the sender claims
 */
record Picture(String type, ByteBuffer bytes) {
  /**
   * Recognises the type of an image.
   *
   * @throws IllegalArgumentException when it is none of the four types that are allowed
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
