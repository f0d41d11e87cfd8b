package io.starling.protocol.engineio;

import java.nio.ByteBuffer;

/** A packet of Engine.IO v4. The nested records are all packet types of the protocol. */
public sealed interface EngineIoPacket {

  /**
   * Type 0, server to client: the session is open.
   *
   * @param json the handshake data, see {@link OpenData#json}
   */
  record Open(String json) implements EngineIoPacket {}

  /** Type 1: the sender ends the session. */
  record Close() implements EngineIoPacket {}

  /**
   * Type 2: the server's heartbeat, or the first packet of a client on its new WebSocket.
   *
   * @param data empty for a heartbeat, {@code probe} for an upgrade
   */
  record Ping(String data) implements EngineIoPacket {}

  /**
   * Type 3: the answer to a ping.
   *
   * @param data the data of that ping
   */
  record Pong(String data) implements EngineIoPacket {}

  /**
   * Type 4: a message of the layer above, which is Socket.IO.
   *
   * @param data the content, read-only; UTF-8 unless {@code binary}. Each call of the accessor
   *     returns a new view with its own position
   * @param binary true for bytes, false for text
   */
  record Message(ByteBuffer data, boolean binary) implements EngineIoPacket {

    /** Keeps a read-only view of the buffer, from its position to its limit. */
    public Message {
      data = data.asReadOnlyBuffer();
    }

    @Override
    public ByteBuffer data() {
      return data.duplicate();
    }

    /** The length of the data. */
    public int bytes() {
      return data.remaining();
    }
  }

  /** Type 5, client to server: the new WebSocket replaces polling from now on. */
  record Upgrade() implements EngineIoPacket {}

  /** Type 6, server to client: a packet without meaning, which completes a pending poll. */
  record Noop() implements EngineIoPacket {}
}
