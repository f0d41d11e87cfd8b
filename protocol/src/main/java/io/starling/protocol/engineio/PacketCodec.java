package io.starling.protocol.engineio;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * Encodes and decodes Engine.IO packets as the content of WebSocket frames, one packet per frame:
 *
 * <pre>
 * text frame    type ('0'..'6')  data (UTF-8)
 * text frame    'b'  a binary message in base64, without a type
 * binary frame  the bytes of a message, without a type
 * </pre>
 *
 * <p>See the Engine.IO protocol, revision 4, "Packet encoding".
 */
public final class PacketCodec {
  private static final byte BASE64 = 'b';

  /** The packets in the order of their types, which begin with 0. */
  private static final List<Class<? extends EngineIoPacket>> TYPES =
      List.of(
          EngineIoPacket.Open.class,
          EngineIoPacket.Close.class,
          EngineIoPacket.Ping.class,
          EngineIoPacket.Pong.class,
          EngineIoPacket.Message.class,
          EngineIoPacket.Upgrade.class,
          EngineIoPacket.Noop.class);

  private PacketCodec() {}

  /**
   * Decodes the content of a text frame. A text message shares its bytes with the frame.
   *
   * @throws MalformedPacketException if the frame is empty, has an unknown type, or is not valid
   *     UTF-8 or, after {@code b}, not valid base64
   */
  public static EngineIoPacket decodeText(ByteBuffer frame) {
    if (!frame.hasRemaining()) {
      throw new MalformedPacketException("packet: empty (expected: a type, 0 to 6)");
    }
    byte type = frame.get(frame.position());
    ByteBuffer data = frame.slice(frame.position() + 1, frame.remaining() - 1);
    if (type == BASE64) {
      return decodeBase64(data);
    }
    if (!Utf8.wellFormed(data)) {
      throw new MalformedPacketException("packet data: malformed (expected: UTF-8)");
    }
    return switch (type) {
      case '0' -> new EngineIoPacket.Open(text(data));
      case '1' -> new EngineIoPacket.Close();
      case '2' -> new EngineIoPacket.Ping(text(data));
      case '3' -> new EngineIoPacket.Pong(text(data));
      case '4' -> new EngineIoPacket.Message(data, false);
      case '5' -> new EngineIoPacket.Upgrade();
      case '6' -> new EngineIoPacket.Noop();
      default ->
          throw new MalformedPacketException("packet type: " + (type & 0xff) + " (expected: 0-6)");
    };
  }

  private static EngineIoPacket.Message decodeBase64(ByteBuffer data) {
    try {
      return new EngineIoPacket.Message(Base64.getDecoder().decode(joinLines(data)), true);
    } catch (IllegalArgumentException e) {
      throw new MalformedPacketException("binary packet: malformed (expected: base64)");
    }
  }

  /** Removes line breaks: the official Java client breaks base64 into lines of 76 characters. */
  private static ByteBuffer joinLines(ByteBuffer base64) {
    ByteBuffer joined = ByteBuffer.allocate(base64.remaining());
    while (base64.hasRemaining()) {
      byte next = base64.get();
      if (next != '\n' && next != '\r') {
        joined.put(next);
      }
    }
    return joined.flip();
  }

  /** The bytes of a packet in a polling payload or text frame, where a binary message is base64. */
  public static int textLength(EngineIoPacket packet) {
    if (packet instanceof EngineIoPacket.Message message) {
      return 1 + (message.binary() ? (message.bytes() + 2) / 3 * 4 : message.bytes());
    }
    return 1 + data(packet).remaining();
  }

  /** Encodes a binary message as text: {@code b}, then the bytes in base64. */
  public static ByteBuffer base64(EngineIoPacket.Message message) {
    ByteBuffer encoded = Base64.getEncoder().encode(message.data());
    return ByteBuffer.allocate(1 + encoded.remaining()).put(BASE64).put(encoded).flip();
  }

  /** Decodes the content of a binary frame. The message shares its bytes with the frame. */
  public static EngineIoPacket.Message decodeBinary(ByteBuffer frame) {
    return new EngineIoPacket.Message(frame.slice(), true);
  }

  /** Whether a packet travels in a binary frame. */
  public static boolean binary(EngineIoPacket packet) {
    return packet instanceof EngineIoPacket.Message message && message.binary();
  }

  /** The type character of a packet in a text frame. */
  public static byte type(EngineIoPacket packet) {
    return (byte) ('0' + TYPES.indexOf(packet.getClass()));
  }

  /** The data of a packet: the bytes that follow its type, or all bytes of a binary message. */
  public static ByteBuffer data(EngineIoPacket packet) {
    return packet instanceof EngineIoPacket.Message message
        ? message.data()
        : ByteBuffer.wrap(text(packet).getBytes(StandardCharsets.UTF_8));
  }

  /** The text that follows the type of a packet; empty for messages, which have bytes instead. */
  public static String text(EngineIoPacket packet) {
    if (packet instanceof EngineIoPacket.Ping ping) {
      return ping.data();
    } else if (packet instanceof EngineIoPacket.Pong pong) {
      return pong.data();
    } else if (packet instanceof EngineIoPacket.Open open) {
      return open.json();
    }
    return "";
  }

  private static String text(ByteBuffer data) {
    return StandardCharsets.UTF_8.decode(data).toString();
  }
}
