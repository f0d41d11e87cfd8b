package io.starling.manager.pubsub;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;
import org.msgpack.core.MessageUnpacker;

/** Reads msgpack values and checks each length against what is left before it allocates. */
final class MessageReader {
  private final MessageUnpacker unpacker;
  private final int length;

  MessageReader(MessageUnpacker unpacker, int length) {
    this.unpacker = unpacker;
    this.length = length;
  }

  int position() {
    return Math.toIntExact(unpacker.getTotalReadBytes());
  }

  int arrayHeader() throws IOException, MalformedFrameException {
    return bounded(unpacker.unpackArrayHeader());
  }

  String string() throws IOException, MalformedFrameException {
    byte[] utf8 = new byte[bounded(unpacker.unpackRawStringHeader())];
    unpacker.readPayload(utf8);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedFrameException("text: not UTF-8 (expected: valid UTF-8)", e);
    }
  }

  Set<String> strings() throws IOException, MalformedFrameException {
    int count = arrayHeader();
    Set<String> all = new LinkedHashSet<>();
    for (int i = 0; i < count; i++) {
      all.add(string());
    }
    return all;
  }

  /** A view of the input, not a copy. */
  ByteBuffer binary() throws IOException, MalformedFrameException {
    return unpacker
        .readPayloadAsReference(bounded(unpacker.unpackBinaryHeader()))
        .sliceAsByteBuffer();
  }

  boolean bool() throws IOException {
    return unpacker.unpackBoolean();
  }

  /** Whether the next value is nil; then it is read. */
  boolean nil() throws IOException {
    return unpacker.tryUnpackNil();
  }

  long nonNegativeLong(String name) throws IOException, MalformedFrameException {
    long value = unpacker.unpackLong();
    if (value < 0) {
      throw new MalformedFrameException(name + ": " + value + " (expected: at least 0)");
    }
    return value;
  }

  int nonNegativeInt(String name) throws IOException, MalformedFrameException {
    long value = nonNegativeLong(name);
    if (value > Integer.MAX_VALUE) {
      throw new MalformedFrameException(
          name + ": " + value + " (expected: at most " + Integer.MAX_VALUE + ")");
    }
    return (int) value;
  }

  void skip(int values) throws IOException {
    unpacker.skipValue(values);
  }

  private int bounded(int size) throws MalformedFrameException {
    int left = length - position();
    if (size < 0 || size > left) {
      throw new MalformedFrameException("size: " + size + " (expected: at most " + left + ")");
    }
    return size;
  }
}
