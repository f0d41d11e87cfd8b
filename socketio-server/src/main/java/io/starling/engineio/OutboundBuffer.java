package io.starling.engineio;

import io.starling.engineio.protocol.EngineIoPacket;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/** The packets that wait for a poll, in order. Confined to the session's loop. */
final class OutboundBuffer {
  private final ArrayDeque<EngineIoPacket> packets = new ArrayDeque<>();
  private long bytes;

  /** What the packets take, each with its type, so that empty ones count too. */
  long bytes() {
    return bytes;
  }

  void add(EngineIoPacket packet) {
    packets.add(packet);
    bytes += size(packet);
  }

  void drainTo(Consumer<? super EngineIoPacket> sink) {
    for (EngineIoPacket next = packets.poll(); next != null; next = packets.poll()) {
      sink.accept(next);
    }
    bytes = 0;
  }

  void clear() {
    packets.clear();
    bytes = 0;
  }

  private static long size(EngineIoPacket packet) {
    return packet instanceof EngineIoPacket.Message message ? message.bytes() + 1L : 1;
  }
}
