package io.starling.manager.pubsub;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Reads msgpack values. Each length is checked against the bytes that are left before anything is
 * allocated, so a forged length cannot exhaust memory. Not safe for several threads.
 */
final class MessageReader {
  private final ByteBuffer source;

  /**
   * The array of {@link #source}; {@code base}, {@code start}, {@code end} and {@code at} are
   * indexes into it.
   */
  private final byte[] bytes;

  private final int base;
  private final int start;
  private final int end;
  private int at;

  /** Whether binary values are copies of the input. */
  private boolean copies;

  /**
   * Reads from the position of a buffer to its limit. The position does not move.
   *
   * @param source must have an accessible array
   */
  MessageReader(ByteBuffer source) {
    this.source = source;
    this.bytes = source.array();
    this.base = source.arrayOffset();
    this.start = base + source.position();
    this.end = base + source.limit();
    this.at = start;
  }

  /** How many bytes were read so far. */
  int position() {
    return at - start;
  }

  /** Reads the header of an array and returns the number of elements. */
  int arrayHeader() throws MalformedFrameException {
    int type = next();
    return switch (type) {
      case 0xdc -> bounded(unsigned(2));
      case 0xdd -> bounded(unsigned(4));
      default -> {
        if (type >> 4 != 0x9) {
          throw unexpected("array", type);
        }
        yield bounded(type & 0x0f);
      }
    };
  }

  String string() throws MalformedFrameException {
    int length = length();
    String text = new String(bytes, at, length, UTF_8);
    if (text.indexOf('\ufffd') >= 0) {
      requireUtf8(length);
    }
    at += length;
    return text;
  }

  /**
   * Called when the decoded text contains U+FFFD. Java puts that character where bytes are not
   * valid UTF-8, but the text may also really contain it.
   */
  private void requireUtf8(int length) throws MalformedFrameException {
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, at, length));
    } catch (CharacterCodingException e) {
      throw new MalformedFrameException("text: not UTF-8 (expected: valid UTF-8)", e);
    }
  }

  /** Reads an array of texts; duplicates count once, and the order is kept. */
  Set<String> strings() throws MalformedFrameException {
    int count = arrayHeader();
    if (count < 2) {
      return count == 0 ? Set.of() : Set.of(string());
    }
    Set<String> all = new LinkedHashSet<>();
    for (int i = 0; i < count; i++) {
      all.add(string());
    }
    return all;
  }

  /** From now on, binary values are copies, which stay valid when the input is overwritten. */
  void copyBinaries() {
    copies = true;
  }

  /** Reads a binary value: a view of the input, or a copy after {@link #copyBinaries}. */
  ByteBuffer binary() throws MalformedFrameException {
    int length = length();
    ByteBuffer view = source.slice(at - base, length);
    at += length;
    return copies ? ByteBuffer.allocate(length).put(view).flip() : view;
  }

  boolean bool() throws MalformedFrameException {
    int type = next();
    if (type >> 1 != 0xc2 >> 1) {
      throw unexpected("boolean", type);
    }
    return type == 0xc3;
  }

  /** Consumes the next value if it is nil, and returns whether it was. */
  boolean nil() throws MalformedFrameException {
    boolean nil = next() == 0xc0;
    if (!nil) {
      at--;
    }
    return nil;
  }

  long nonNegativeLong(String name) throws MalformedFrameException {
    int type = next();
    long value =
        switch (type) {
          case 0xcc -> unsigned(1);
          case 0xcd -> unsigned(2);
          case 0xce -> unsigned(4);
          case 0xcf, 0xd3 -> unsigned(8);
          case 0xd0 -> (byte) unsigned(1);
          case 0xd1 -> (short) unsigned(2);
          case 0xd2 -> (int) unsigned(4);
          default -> {
            if (type > 0x7f && type < 0xe0) {
              throw unexpected("number", type);
            }
            yield (byte) type;
          }
        };
    if (value < 0) {
      throw new MalformedFrameException(name + ": " + value + " (expected: at least 0)");
    }
    return value;
  }

  int nonNegativeInt(String name) throws MalformedFrameException {
    long value = nonNegativeLong(name);
    if (value > Integer.MAX_VALUE) {
      throw new MalformedFrameException(
          name + ": " + value + " (expected: at most " + Integer.MAX_VALUE + ")");
    }
    return (int) value;
  }

  /** Skips this many values, including everything that they contain. */
  void skip(int values) throws MalformedFrameException {
    for (long left = values; left > 0; left--) {
      left += skipOne();
    }
  }

  /**
   * Skips the head of one value and, for a scalar, its content. Returns how many values the array
   * or map contains; they come next.
   */
  private long skipOne() throws MalformedFrameException {
    int type = next();
    if (type <= 0x7f || type >= 0xe0 || type == 0xc0 || type == 0xc2 || type == 0xc3) {
      return 0;
    } else if (type <= 0x8f) {
      return 2L * (type & 0x0f);
    } else if (type <= 0x9f) {
      return type & 0x0f;
    } else if (type <= 0xbf) {
      return pass(type & 0x1f);
    }
    return switch (type) {
      case 0xc4, 0xd9 -> pass(unsigned(1));
      case 0xc5, 0xda -> pass(unsigned(2));
      case 0xc6, 0xdb -> pass(unsigned(4));
      case 0xc7 -> pass(unsigned(1) + 1);
      case 0xc8 -> pass(unsigned(2) + 1);
      case 0xc9 -> pass(unsigned(4) + 1);
      case 0xcc, 0xd0 -> pass(1);
      case 0xcd, 0xd1 -> pass(2);
      case 0xca, 0xce, 0xd2 -> pass(4);
      case 0xcb, 0xcf, 0xd3 -> pass(8);
      case 0xd4, 0xd5, 0xd6, 0xd7, 0xd8 -> pass(1 + (1 << (type - 0xd4)));
      case 0xdc -> unsigned(2);
      case 0xdd -> unsigned(4);
      case 0xde -> 2 * unsigned(2);
      case 0xdf -> 2 * unsigned(4);
      default -> throw unexpected("value", type);
    };
  }

  private int pass(long length) throws MalformedFrameException {
    at += bounded(length);
    return 0;
  }

  /** Reads the head of a text or binary value and returns its length in bytes. */
  private int length() throws MalformedFrameException {
    int type = next();
    return switch (type) {
      case 0xc4, 0xd9 -> bounded(unsigned(1));
      case 0xc5, 0xda -> bounded(unsigned(2));
      case 0xc6, 0xdb -> bounded(unsigned(4));
      default -> {
        if (type >> 5 != 0xa0 >> 5) {
          throw unexpected("bytes", type);
        }
        yield bounded(type & 0x1f);
      }
    };
  }

  private int next() throws MalformedFrameException {
    bounded(1);
    return bytes[at++] & 0xff;
  }

  /** Reads a big-endian number of this many bytes. With 8 bytes the result may be negative. */
  private long unsigned(int width) throws MalformedFrameException {
    bounded(width);
    long value = 0;
    for (int i = 0; i < width; i++) {
      value = (value << 8) | (bytes[at++] & 0xff);
    }
    return value;
  }

  /** Returns {@code size}, after a check that this many bytes are left. */
  private int bounded(long size) throws MalformedFrameException {
    int left = end - at;
    if (size > left) {
      throw new MalformedFrameException("size: " + size + " (expected: at most " + left + ")");
    }
    return (int) size;
  }

  private static MalformedFrameException unexpected(String what, int type) {
    return new MalformedFrameException(
        what + ": msgpack type " + Integer.toHexString(type) + " (expected: another)");
  }
}
