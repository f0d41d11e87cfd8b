package io.starling.benchmarks.load;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes and reads the payloads of events. Each payload begins with numbers in decimal digits,
 * behind which follows a filler. The lengths are in brackets:
 *
 * <pre>
 * broadcast (10) | room (5) | in the room (10) | sent at, nanoseconds (15) | filler: abc…
 * </pre>
 */
final class Numbers {
  static final int BYTES = 40;

  private static final int ROOM_AT = 10;
  private static final int IN_ROOM_AT = 15;
  private static final int SENT_AT = 25;
  private static final long MALFORMED = -1;

  private final byte[] filler;

  Numbers(int payloadBytes) {
    filler = new byte[payloadBytes - BYTES];
    for (int i = 0; i < filler.length; i++) {
      filler[i] = (byte) ('a' + i % 26);
    }
  }

  /** A new payload, which the caller may change. */
  byte[] payload(long broadcast, int room, long inRoom, long sentNanos) {
    byte[] payload = new byte[BYTES + filler.length];
    write(payload, 0, ROOM_AT, broadcast);
    write(payload, ROOM_AT, IN_ROOM_AT, room);
    write(payload, IN_ROOM_AT, SENT_AT, inRoom);
    write(payload, SENT_AT, BYTES, sentNanos);
    System.arraycopy(filler, 0, payload, BYTES, filler.length);
    return payload;
  }

  /**
   * Whether the bytes are a payload: they have its length, and consist of digits and the filler.
   */
  boolean wellFormed(byte[] bytes, int from, int to) {
    return to - from == BYTES + filler.length
        && read(bytes, from, from + SENT_AT) != MALFORMED
        && read(bytes, from + SENT_AT, from + BYTES) != MALFORMED
        && Arrays.equals(bytes, from + BYTES, to, filler, 0, filler.length);
  }

  static long broadcast(byte[] bytes, int from) {
    return read(bytes, from, from + ROOM_AT);
  }

  static int room(byte[] bytes, int from) {
    return (int) read(bytes, from + ROOM_AT, from + IN_ROOM_AT);
  }

  static long inRoom(byte[] bytes, int from) {
    return read(bytes, from + IN_ROOM_AT, from + SENT_AT);
  }

  static long sentNanos(byte[] bytes, int from) {
    return read(bytes, from + SENT_AT, from + BYTES);
  }

  /** The number that is written in decimal digits, or -1 if there is another character. */
  static long read(byte[] bytes, int from, int to) {
    long number = 0;
    for (int i = from; i < to; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        return MALFORMED;
      }
      number = number * 10 + digit;
    }
    return number;
  }

  private static void write(byte[] bytes, int from, int to, long number) {
    long rest = number;
    for (int i = to - 1; i >= from; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
