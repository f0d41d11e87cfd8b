package io.starling.protocol.socketio;

import io.starling.protocol.engineio.MalformedPacketException;
import io.starling.protocol.payload.WireName;
import java.nio.charset.StandardCharsets;

/**
 * The header of a Socket.IO packet: the text before the JSON.
 *
 * <pre>
 *   type [attachments "-"] [namespace ","] [id] [json]
 *   5    1-                /admin,         12   ["photo",{"_placeholder":true,"num":0}]
 * </pre>
 *
 * @param attachments the number of attachments; 0 for the types that have none
 * @param ackId the id of the ack, or {@link SocketIoPacket#NO_ACK} if the packet has none
 * @param end the index at which the header ends and the JSON text begins
 */
record PacketHeader(PacketType type, int attachments, String namespace, long ackId, int end) {
  /** Any number of 18 digits fits into a long. No client counts that far. */
  private static final int MAX_ID_DIGITS = 18;

  /** Any number of 9 digits fits into an int. */
  private static final int MAX_COUNT_DIGITS = 9;

  /**
   * Parses the header of a packet.
   *
   * @param packet the whole text of the packet, in well-formed UTF-8
   * @throws MalformedPacketException if the header is malformed or there are too many attachments
   */
  static PacketHeader parse(byte[] packet, int maxAttachments) {
    if (packet.length == 0) {
      throw new MalformedPacketException("packet: empty (expected: at least its type)");
    }
    PacketType type = PacketType.of(packet[0]);
    int at = 1;
    int attachments = 0;
    if (type.binary()) {
      int dash = skipDigits(packet, at);
      attachments = attachments(packet, at, dash, maxAttachments);
      at = dash + 1;
    }
    String namespace = "/";
    if (at < packet.length && packet[at] == '/') {
      int comma = at;
      while (comma < packet.length && packet[comma] != ',') {
        comma++;
      }
      namespace = namespace(packet, at, comma);
      at = Math.min(comma + 1, packet.length);
    }
    int idEnd = skipDigits(packet, at);
    long ackId = idEnd == at ? SocketIoPacket.NO_ACK : ackId(type, packet, at, idEnd);
    return new PacketHeader(type, attachments, namespace, ackId, idEnd);
  }

  private static int attachments(byte[] packet, int from, int dash, int max) {
    if (dash == from
        || dash - from > MAX_COUNT_DIGITS
        || dash == packet.length
        || packet[dash] != '-') {
      throw new MalformedPacketException(
          "attachments: no count (expected: 1 to " + max + " and -)");
    }
    int count = (int) number(packet, from, dash);
    if (count < 1 || count > max) {
      throw new MalformedPacketException("attachments: " + count + " (expected: 1 to " + max + ")");
    }
    return count;
  }

  private static String namespace(byte[] packet, int from, int to) {
    int bytes = to - from;
    if (bytes > WireName.MAX_BYTES) {
      throw new MalformedPacketException(
          "namespace: " + bytes + " bytes (expected: at most " + WireName.MAX_BYTES + ")");
    }
    return new String(packet, from, bytes, StandardCharsets.UTF_8);
  }

  private static long ackId(PacketType type, byte[] packet, int from, int to) {
    if (!type.takesId() || to - from > MAX_ID_DIGITS) {
      String most = "at most " + MAX_ID_DIGITS + ", on an event or ack";
      throw new MalformedPacketException("id: " + (to - from) + " digits (expected: " + most + ")");
    }
    return number(packet, from, to);
  }

  private static int skipDigits(byte[] packet, int from) {
    int at = from;
    while (at < packet.length && packet[at] >= '0' && packet[at] <= '9') {
      at++;
    }
    return at;
  }

  private static long number(byte[] packet, int from, int to) {
    long value = 0;
    for (int i = from; i < to; i++) {
      value = value * 10 + (packet[i] - '0');
    }
    return value;
  }
}
