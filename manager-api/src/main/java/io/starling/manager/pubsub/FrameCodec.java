package io.starling.manager.pubsub;

import io.starling.manager.HostId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Encodes and decodes frames. A frame is the unit that is published to the broker; it holds one or
 * more bus messages. Pure functions.
 *
 * <pre>
 * 53 4C | version 01 | flags | [key id, HMAC-SHA256] | header | message | message | …
 * header = msgpack [origin, channel, firstSeq, count, sentAtMillis, …]
 * </pre>
 *
 * <p>docs/bus-protocol.md, section "Frame", defines layout and rules.
 */
final class FrameCodec {
  /**
   * The largest frame in bytes. A client's packet of 1,000,000 bytes fits in, and the frame fits
   * into Kafka's default message limit of 1 MiB.
   */
  static final int MAX_FRAME_BYTES = 1_040_000;

  /**
   * The largest sum of prelude, signature and header. The rest of a frame is left to the messages.
   */
  private static final int MAX_OVERHEAD_BYTES = 512;

  static final int MAX_MESSAGE_BYTES = MAX_FRAME_BYTES - MAX_OVERHEAD_BYTES;

  private static final byte MAGIC_0 = 'S';
  private static final byte MAGIC_1 = 'L';
  private static final byte VERSION = 1;

  /** The prelude is the magic, the version and the flags. */
  private static final int PRELUDE_BYTES = 4;

  /** The flag bit that says that a signature follows. */
  private static final byte SIGNED = 1;

  private static final int HEADER_ELEMENTS = 5;

  private FrameCodec() {}

  /**
   * The header of a frame: its origin, its channel, and the numbers of its messages.
   *
   * @param firstSeq the number of the first message on the channel to all. A repair in an inbox
   *     keeps this number. It is 0 for messages that have no numbers.
   * @param count the number of messages, at least 1
   * @param sentAtMillis when the origin built the frame, in milliseconds since 1970 by the clock of
   *     the origin
   */
  record Header(HostId origin, String channel, long firstSeq, int count, long sentAtMillis) {
    /** The number of the last message in the frame. */
    long lastSeq() {
      return firstSeq + count - 1;
    }

    /** Returns the same header for another channel; repairs go to an inbox. */
    Header on(String other) {
      return new Header(origin, other, firstSeq, count, sentAtMillis);
    }
  }

  /**
   * A decoded header with the messages still encoded.
   *
   * @param body the messages, one directly after another
   */
  record Frame(Header header, ByteBuffer body) {}

  static ByteBuffer encode(Header header, List<ByteBuffer> messages, FrameSeal seal) {
    ByteBuffer head =
        new MessageWriter()
            .array(HEADER_ELEMENTS)
            .text(header.origin().value())
            .text(header.channel())
            .number(header.firstSeq())
            .number(header.count())
            .number(header.sentAtMillis())
            .finish();
    int length = PRELUDE_BYTES + seal.bytes() + head.remaining();
    for (ByteBuffer message : messages) {
      length += message.remaining();
    }
    ByteBuffer frame = ByteBuffer.allocate(length);
    frame.put(MAGIC_0).put(MAGIC_1).put(VERSION).put(seal.signs() ? SIGNED : 0);
    frame.position(PRELUDE_BYTES + seal.bytes()).put(head);
    for (ByteBuffer message : messages) {
      frame.put(frame.position(), message, message.position(), message.remaining());
      frame.position(frame.position() + message.remaining());
    }
    if (seal.signs()) {
      frame.put(PRELUDE_BYTES, seal.sign(prelude(frame), signedPart(frame, seal)));
    }
    return frame.flip();
  }

  private static ByteBuffer prelude(ByteBuffer frame) {
    return frame.slice(0, PRELUDE_BYTES);
  }

  /** Everything behind the signature: the header and the messages. */
  private static ByteBuffer signedPart(ByteBuffer frame, FrameSeal seal) {
    int from = PRELUDE_BYTES + seal.bytes();
    return frame.slice(from, frame.limit() - from);
  }

  /**
   * Checks length, magic, version, flags and signature, and decodes the header. The messages are
   * neither decoded nor counted.
   *
   * @throws MalformedFrameException when a check fails; the frame must then be dropped
   */
  static Frame decode(ByteBuffer frame, FrameSeal seal) throws MalformedFrameException {
    int length = frame.remaining();
    if (length > MAX_FRAME_BYTES) {
      throw new MalformedFrameException(
          "frame: " + length + " bytes (expected: at most " + MAX_FRAME_BYTES + ")");
    }
    ByteBuffer bytes = readable(frame);
    if (length < PRELUDE_BYTES || bytes.get(0) != MAGIC_0 || bytes.get(1) != MAGIC_1) {
      throw new MalformedFrameException("frame: no magic (expected: 53 4C)");
    }
    byte flags = seal.signs() ? SIGNED : 0;
    if (bytes.get(2) != VERSION || bytes.get(3) != flags) {
      throw new MalformedFrameException(
          "frame: version "
              + bytes.get(2)
              + " flags "
              + bytes.get(3)
              + " (expected: version 1 flags "
              + flags
              + (seal.signs() ? ", a signature)" : ", no signature)"));
    }
    if (seal.signs()
        && (length < PRELUDE_BYTES + seal.bytes()
            || !seal.accepts(
                bytes.slice(PRELUDE_BYTES, seal.bytes()),
                prelude(bytes),
                signedPart(bytes, seal)))) {
      throw new MalformedFrameException("signature: wrong (expected: one with a known secret)");
    }
    try {
      return withoutPrelude(signedPart(bytes, seal));
    } catch (IllegalArgumentException e) {
      throw new MalformedFrameException("header: " + e.getMessage(), e);
    }
  }

  private static Frame withoutPrelude(ByteBuffer rest) throws MalformedFrameException {
    MessageReader reader = new MessageReader(rest);
    int elements = reader.arrayHeader();
    if (elements < HEADER_ELEMENTS) {
      throw new MalformedFrameException(
          "header: " + elements + " elements (expected: at least " + HEADER_ELEMENTS + ")");
    }
    Header header =
        new Header(
            new HostId(reader.string()),
            reader.string(),
            reader.nonNegativeLong("firstSeq"),
            reader.nonNegativeInt("count"),
            reader.nonNegativeLong("sentAtMillis"));
    reader.skip(elements - HEADER_ELEMENTS);
    if (header.firstSeq() > Long.MAX_VALUE - header.count()) {
      throw new MalformedFrameException(
          "firstSeq: " + header.firstSeq() + " (expected: a smaller number)");
    }
    int used = reader.position();
    return new Frame(header, rest.slice(used, rest.remaining() - used));
  }

  /**
   * Finds where each message begins and ends, without decoding the messages. The results are views
   * of the frame.
   *
   * @throws MalformedFrameException when the body does not consist of exactly {@code count} values
   */
  static List<ByteBuffer> split(Frame frame) throws MalformedFrameException {
    ByteBuffer body = frame.body();
    int count = frame.header().count();
    if (count < 1 || count > body.remaining()) {
      throw new MalformedFrameException(
          "count: " + count + " (expected: 1 to " + body.remaining() + ")");
    }
    List<ByteBuffer> messages = new ArrayList<>(Math.min(count, 1_024));
    MessageReader reader = new MessageReader(body);
    int from = 0;
    for (int i = 0; i < count; i++) {
      reader.skip(1);
      int to = reader.position();
      messages.add(body.slice(from, to - from));
      from = to;
    }
    if (from != body.remaining()) {
      throw new MalformedFrameException(
          "body: " + body.remaining() + " bytes (expected: " + from + ")");
    }
    return messages;
  }

  /** Returns a buffer with an accessible array, because {@link MessageReader} reads from arrays. */
  private static ByteBuffer readable(ByteBuffer frame) {
    if (frame.hasArray()) {
      return frame.slice();
    }
    return ByteBuffer.allocate(frame.remaining()).put(frame.duplicate()).flip();
  }
}
