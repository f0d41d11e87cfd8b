package io.starling.engineio.protocol;

import java.nio.ByteBuffer;

/** A packet of Engine.IO v4. Packet types outside this set do not exist on the wire. */
public sealed interface EngineIoPacket {

  /** Type 0, server to client: the session is open. */
  record Open(String json) implements EngineIoPacket {}

  /** Type 1: the sender ends the session. */
  record Close() implements EngineIoPacket {}

  /** Type 2: the heartbeat, or with {@code probe} the first packet of a client that upgrades. */
  record Ping(String data) implements EngineIoPacket {}

  /** Type 3: the answer to a ping, with the ping's data. */
  record Pong(String data) implements EngineIoPacket {}

  /**
   * Type 4: what the layer above sends.
   *
   * @param data read-only; UTF-8 unless binary. Every call of the accessor gives a view with a
   *     position of its own
   * @param binary whether it is sent as bytes
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

  /** Type 5, client to server: the probed transport takes over. */
  record Upgrade() implements EngineIoPacket {}

  /** Type 6: nothing, but it answers a poll. */
  record Noop() implements EngineIoPacket {}
}
