package io.starling.manager.pubsub;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Names on the bus: valid Unicode, at most 1 KiB in UTF-8. */
final class Names {
  private static final int MAX_BYTES = 1_024;

  private Names() {}

  /**
   * The name itself.
   *
   * @throws IllegalArgumentException when it cannot be one
   */
  static String checked(String what, String name) {
    int bytes;
    try {
      bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(name)).remaining();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          what + ": half a surrogate pair (expected: valid Unicode)", e);
    }
    if (bytes > MAX_BYTES) {
      throw new IllegalArgumentException(
          what + ": " + bytes + " bytes (expected: at most " + MAX_BYTES + ")");
    }
    return name;
  }

  static String decode(byte[] utf8) throws MalformedFrameException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedFrameException("text: not UTF-8 (expected: valid UTF-8)", e);
    }
  }
}
