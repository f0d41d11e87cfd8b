package io.starling.protocol.socketio;

import io.starling.protocol.engineio.MalformedPacketException;

/** The packet types of Socket.IO protocol v5. The code is the first character of a packet. */
enum PacketType {
  CONNECT('0'),
  DISCONNECT('1'),
  EVENT('2'),
  ACK('3'),
  CONNECT_ERROR('4'),
  BINARY_EVENT('5'),
  BINARY_ACK('6');

  private static final PacketType[] BY_CODE = values();

  private final char code;

  PacketType(char code) {
    this.code = code;
  }

  char code() {
    return code;
  }

  boolean binary() {
    return this == BINARY_EVENT || this == BINARY_ACK;
  }

  boolean event() {
    return this == EVENT || this == BINARY_EVENT;
  }

  /** Whether packets of this type may have an id and must have a JSON array. */
  boolean takesId() {
    return event() || this == ACK || this == BINARY_ACK;
  }

  static PacketType of(byte code) {
    int index = code - '0';
    if (index < 0 || index >= BY_CODE.length) {
      throw new MalformedPacketException("packet type: " + (code & 0xff) + " (expected: 0 to 6)");
    }
    return BY_CODE[index];
  }
}
