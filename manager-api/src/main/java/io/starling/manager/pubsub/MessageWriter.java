package io.starling.manager.pubsub;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.starling.manager.MessageTooLargeException;
import io.starling.manager.Recipients;
import io.starling.manager.protocol.WireName;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;

/** Writes the msgpack values of one message, and refuses what would not fit into a frame. */
final class MessageWriter {
  private static final int FIRST_BYTES = 128;

  /** The longest number, or the longest head of anything else. */
  private static final int MAX_HEAD_BYTES = 9;

  private byte[] bytes = new byte[FIRST_BYTES];
  private int size;

  /** {@code [kind, namespace, …}: the array takes this many elements more. */
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

  /** A number from 0 up. */
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

  MessageWriter name(String what, String value) {
    return text(WireName.require(what, value));
  }

  /** Valid Unicode. */
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

  MessageWriter names(Collection<String> values) {
    array(values.size());
    values.forEach(value -> name("room", value));
    return this;
  }

  /** Two elements: the rooms, nil for everyone; the excepted rooms. */
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

  /** A type and a number of this many bytes, the highest first. */
  private void put(int type, long value, int width) {
    put(type);
    for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
      put((int) (value >>> shift));
    }
  }
}
