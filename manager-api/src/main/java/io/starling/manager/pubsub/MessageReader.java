package io.starling.manager.pubsub;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.LinkedHashSet;
import java.util.Set;

/** Reads msgpack values and checks each length against what is left before it allocates. */
final class MessageReader {
  private final ByteBuffer source;
  private final byte[] bytes;
  private final int base;
  private final int start;
  private final int end;
  private int at;

  /**
   * Reads what remains of a buffer.
   *
   * @param source with an array
   */
  MessageReader(ByteBuffer source) {
    this.source = source;
    this.bytes = source.array();
    this.base = source.arrayOffset();
    this.start = base + source.position();
    this.end = base + source.limit();
    this.at = start;
  }

  /** How many bytes were read. */
  int position() {
    return at - start;
  }

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

  /** The replacement character stands for itself, or for what is not UTF-8. */
  private void requireUtf8(int length) throws MalformedFrameException {
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, at, length));
    } catch (CharacterCodingException e) {
      throw new MalformedFrameException("text: not UTF-8 (expected: valid UTF-8)", e);
    }
  }

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

  /** A view of the input, not a copy. */
  ByteBuffer binary() throws MalformedFrameException {
    int length = length();
    ByteBuffer view = source.slice(at - base, length);
    at += length;
    return view;
  }

  boolean bool() throws MalformedFrameException {
    int type = next();
    if (type >> 1 != 0xc2 >> 1) {
      throw unexpected("boolean", type);
    }
    return type == 0xc3;
  }

  /** Whether the next value is nil; then it is read. */
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

  /** Passes over this many values, whatever they hold. */
  void skip(int values) throws MalformedFrameException {
    for (long left = values; left > 0; left--) {
      left += skipOne();
    }
  }

  /** Passes over one value, and returns how many that are inside of it come next. */
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

  /** The length of a text or binary, which comes next. */
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

  /** A number of this many bytes, the highest first; with 8 of them it may be negative. */
  private long unsigned(int width) throws MalformedFrameException {
    bounded(width);
    long value = 0;
    for (int i = 0; i < width; i++) {
      value = (value << 8) | (bytes[at++] & 0xff);
    }
    return value;
  }

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
