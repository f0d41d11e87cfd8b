package io.starling.manager.pubsub;

import io.starling.manager.MessageTooLargeException;
import io.starling.manager.Recipients;
import io.starling.manager.protocol.WireName;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Collection;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

/** Writes the msgpack values of one message, and refuses what would not fit into a frame. */
final class MessageWriter {
  private final MessageBufferPacker packer = MessagePack.newDefaultBufferPacker();

  /** {@code [kind, namespace, …}: the array takes this many elements more. */
  MessageWriter begin(int kind, String namespace, int bodyElements) {
    return array(2 + bodyElements).number(kind).name("namespace", namespace);
  }

  MessageWriter array(int elements) {
    return write(() -> packer.packArrayHeader(elements));
  }

  MessageWriter number(long value) {
    return write(() -> packer.packLong(value));
  }

  MessageWriter bool(boolean value) {
    return write(() -> packer.packBoolean(value));
  }

  MessageWriter nil() {
    return write(packer::packNil);
  }

  MessageWriter name(String what, String value) {
    return write(() -> packer.packString(WireName.require(what, value)));
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
    long total = packer.getTotalWrittenBytes() + length;
    if (total > FrameCodec.MAX_MESSAGE_BYTES) {
      throw new MessageTooLargeException(total, FrameCodec.MAX_MESSAGE_BYTES);
    }
    byte[] bytes = new byte[length];
    value.duplicate().get(bytes);
    return write(
        () -> {
          packer.packBinaryHeader(length);
          packer.writePayload(bytes);
        });
  }

  ByteBuffer finish() {
    long total = packer.getTotalWrittenBytes();
    if (total > FrameCodec.MAX_MESSAGE_BYTES) {
      throw new MessageTooLargeException(total, FrameCodec.MAX_MESSAGE_BYTES);
    }
    return ByteBuffer.wrap(packer.toByteArray());
  }

  private MessageWriter write(Write write) {
    try {
      write.run();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface Write {
    void run() throws IOException;
  }
}
