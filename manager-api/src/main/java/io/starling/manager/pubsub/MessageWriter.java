package io.starling.manager.pubsub;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.starling.manager.MessageTooLargeException;
import io.starling.manager.Recipients;
import io.starling.protocol.payload.WireName;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;

/**
 * Writes the msgpack values of one bus message. A message that would not fit into a frame is
 * refused. Not safe for several threads.
 */
final class MessageWriter {
  private static final int FIRST_BYTES = 128;

  /** The size of the longest number, and of the longest head of any other value. */
  private static final int MAX_HEAD_BYTES = 9;

  private byte[] bytes = new byte[FIRST_BYTES];
  private int size;

  /**
   * Starts a message array with its kind and namespace. The caller then writes {@code bodyElements}
   * values.
   */
  MessageWriter begin(int kind, String namespace, int bodyElements) {
    return array(2 + bodyElements).number(kind).name("namespace", namespace);
  }

  MessageWriter array(int elements) {
    reserve(MAX_HEAD_BYTES);
    if (elements < 16) {
      put(0x90 | elements);
    } else if (elements < 1 << 16) {
      put(0xdc, elements, 2);
    } else {
      put(0xdd, elements, 4);
    }
    return this;
  }

  /** Writes a number, which must not be negative. */
  MessageWriter number(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("number: " + value + " (expected: at least 0)");
    }
    reserve(MAX_HEAD_BYTES);
    if (value < 1 << 7) {
      put((int) value);
    } else if (value < 1 << 8) {
      put(0xcc, value, 1);
    } else if (value < 1 << 16) {
      put(0xcd, value, 2);
    } else if (value < 1L << 32) {
      put(0xce, value, 4);
    } else {
      put(0xcf, value, 8);
    }
    return this;
  }

  MessageWriter bool(boolean value) {
    reserve(MAX_HEAD_BYTES);
    put(value ? 0xc3 : 0xc2);
    return this;
  }

  MessageWriter nil() {
    reserve(MAX_HEAD_BYTES);
    put(0xc0);
    return this;
  }

  /**
   * Writes a text that must be a valid name on the wire.
   *
   * @param what what the error message calls the name
   * @throws IllegalArgumentException when the name is not valid
   */
  MessageWriter name(String what, String value) {
    return text(WireName.require(what, value));
  }

  /** Writes a text of any length, which must be valid Unicode. */
  MessageWriter text(String value) {
    byte[] utf8 = value.getBytes(UTF_8);
    reserve(MAX_HEAD_BYTES + utf8.length);
    if (utf8.length < 32) {
      put(0xa0 | utf8.length);
    } else if (utf8.length < 1 << 8) {
      put(0xd9, utf8.length, 1);
    } else if (utf8.length < 1 << 16) {
      put(0xda, utf8.length, 2);
    } else {
      put(0xdb, utf8.length, 4);
    }
    System.arraycopy(utf8, 0, bytes, size, utf8.length);
    size += utf8.length;
    return this;
  }

  /** Writes an array of rooms. */
  MessageWriter names(Collection<String> values) {
    array(values.size());
    values.forEach(value -> name("room", value));
    return this;
  }

  /** Writes two values: the rooms (nil for the whole namespace), then the excepted rooms. */
  MessageWriter recipients(Recipients recipients) {
    if (recipients.everyone()) {
      nil();
    } else {
      names(recipients.rooms());
    }
    return names(recipients.except());
  }

  MessageWriter binary(ByteBuffer value) {
    int length = value.remaining();
    requireToFit((long) size + length);
    reserve(MAX_HEAD_BYTES + length);
    if (length < 1 << 8) {
      put(0xc4, length, 1);
    } else if (length < 1 << 16) {
      put(0xc5, length, 2);
    } else {
      put(0xc6, length, 4);
    }
    value.get(value.position(), bytes, size, length);
    size += length;
    return this;
  }

  /**
   * Returns the finished message.
   *
   * @throws MessageTooLargeException when it does not fit into a frame
   */
  ByteBuffer finish() {
    requireToFit(size);
    return ByteBuffer.wrap(bytes, 0, size).slice();
  }

  private static void requireToFit(long total) {
    if (total > FrameCodec.MAX_MESSAGE_BYTES) {
      throw new MessageTooLargeException(total, FrameCodec.MAX_MESSAGE_BYTES);
    }
  }

  private void reserve(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
    }
  }

  private void put(int value) {
    bytes[size++] = (byte) value;
  }

  /** Writes a type byte and a big-endian number of {@code width} bytes. */
  private void put(int type, long value, int width) {
    put(type);
    for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
      put((int) (value >>> shift));
    }
  }
}
