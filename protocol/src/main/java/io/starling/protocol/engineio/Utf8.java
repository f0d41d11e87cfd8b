package io.starling.protocol.engineio;

import java.nio.ByteBuffer;

/** Checks that bytes are UTF-8 as RFC 3629 defines it: without surrogates and overlong forms. */
final class Utf8 {
  private Utf8() {}

  /** Whether the remaining bytes are well-formed UTF-8. The buffer's position does not change. */
  static boolean wellFormed(ByteBuffer bytes) {
    int at = bytes.position();
    int end = bytes.limit();
    while (at < end) {
      int lead = bytes.get(at);
      int length = lead >= 0 ? 1 : sequence(bytes, at, end);
      if (length == 0) {
        return false;
      }
      at += length;
    }
    return true;
  }

  /** The length of the multi-byte sequence at a position; 0 if there is no valid one. */
  private static int sequence(ByteBuffer bytes, int at, int end) {
    int lead = bytes.get(at) & 0xff;
    int length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || end - at < length) {
      return 0;
    }
    int second = bytes.get(at + 1) & 0xff;
    int low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    int high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (second < low || second > high) {
      return 0;
    }
    for (int i = 2; i < length; i++) {
      if ((bytes.get(at + i) & 0xc0) != 0x80) {
        return 0;
      }
    }
    return length;
  }
}
