package io.starling.engineio;

import io.starling.engineio.protocol.EngineIoPacket;
import io.starling.engineio.protocol.PacketCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A transport in memory. Text packets are remembered as they look on the wire. */
final class FakeTransport implements EngineIoTransport {
  private final TransportKind kind;
  final List<String> written = new ArrayList<>();
  final List<List<String>> flushes = new ArrayList<>();
  boolean ready = true;
  boolean writable = true;
  boolean flushesAtOnce;
  boolean discarded;
  long pendingBytes;
  boolean pendingOnOtherLoop;
  @Nullable Runnable settled;
  @Nullable RuntimeException failure;
  @Nullable CloseReason closed;
  @Nullable TransportEvents events;

  FakeTransport(TransportKind kind) {
    this.kind = kind;
  }

  @Override
  public TransportKind kind() {
    return kind;
  }

  @Override
  public void bind(TransportEvents events) {
    this.events = events;
  }

  @Override
  public boolean ready() {
    return ready;
  }

  @Override
  public boolean writable() {
    return writable;
  }

  @Override
  public long pendingBytes() {
    return pendingBytes;
  }

  @Override
  public void write(EngineIoPacket packet, boolean compress) {
    if (!ready) {
      throw new AssertionError("written while not ready: " + packet);
    } else if (failure != null) {
      throw failure;
    }
    written.add(StandardCharsets.UTF_8.decode(PacketCodec.encode(packet)).toString());
  }

  /** As a poll does, a polling transport is used up by what leaves. */
  @Override
  public void flush() {
    if (!written.isEmpty()) {
      flushes.add(List.copyOf(written));
      written.clear();
      ready = kind == TransportKind.WEBSOCKET;
    }
  }

  @Override
  public boolean flushesAtOnce() {
    return flushesAtOnce;
  }

  /** The network takes what is pending when the loop of the channel gets to it. */
  @Override
  public void settle(Runnable then) {
    flush();
    if (pendingOnOtherLoop) {
      settled = then;
    } else {
      then.run();
    }
  }

  @Override
  public void close(CloseReason reason) {
    if (closed == null) {
      closed = reason;
      flush();
    }
  }

  @Override
  public void discard() {
    discarded = true;
  }

  void receive(EngineIoPacket packet) {
    if (events == null) {
      throw new AssertionError("received before bound: " + packet);
    }
    events.received(packet);
  }

  void receive(String text) {
    receive(PacketCodec.decodeText(StandardCharsets.UTF_8.encode(text)));
  }

  void poll() {
    ready = true;
    if (events != null) {
      events.ready();
    }
  }

  List<String> last() {
    return flushes.isEmpty() ? List.of() : flushes.get(flushes.size() - 1);
  }
}
