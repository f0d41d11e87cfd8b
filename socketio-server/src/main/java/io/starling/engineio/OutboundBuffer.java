package io.starling.engineio;

import io.starling.engineio.protocol.EngineIoPacket;
import java.util.ArrayDeque;

/** The packets that wait for a poll, in order. Confined to the session's loop. */
final class OutboundBuffer {
  private final ArrayDeque<Waiting> packets = new ArrayDeque<>();
  private long bytes;

  /** What the packets take, each with its type, so that empty ones count too. */
  long bytes() {
    return bytes;
  }

  void add(EngineIoPacket packet, boolean compress) {
    packets.add(new Waiting(packet, compress));
    bytes += size(packet);
  }

  void drainTo(EngineIoTransport transport) {
    for (Waiting next = packets.poll(); next != null; next = packets.poll()) {
      transport.write(next.packet, next.compress);
    }
    bytes = 0;
  }

  private record Waiting(EngineIoPacket packet, boolean compress) {}

  private static long size(EngineIoPacket packet) {
    return packet instanceof EngineIoPacket.Message message ? message.bytes() + 1L : 1;
  }
}
