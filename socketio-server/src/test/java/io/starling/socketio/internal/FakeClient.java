package io.starling.socketio.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.starling.engineio.CloseReason;
import io.starling.engineio.EngineIoTransport;
import io.starling.engineio.TransportEvents;
import io.starling.engineio.TransportKind;
import io.starling.protocol.engineio.EngineIoPacket;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A client at the other end of a WebSocket in memory. */
final class FakeClient implements EngineIoTransport {
  /** The Socket.IO texts that it got, without Engine.IO's; binary messages as {@code b:<text>}. */
  final List<String> received = new ArrayList<>();

  /** Those of them that may be compressed. */
  final List<String> compressed = new ArrayList<>();

  boolean writable = true;
  boolean reading = true;
  @Nullable CloseReason closed;
  private @Nullable TransportEvents events;

  @Override
  public TransportKind kind() {
    return TransportKind.WEBSOCKET;
  }

  @Override
  public void bind(TransportEvents newEvents) {
    events = newEvents;
  }

  @Override
  public boolean ready() {
    return true;
  }

  @Override
  public boolean writable() {
    return writable;
  }

  @Override
  public long pendingBytes() {
    return 0;
  }

  @Override
  public void read(boolean on) {
    reading = on;
  }

  @Override
  public void progress(LongConsumer then) {
    then.accept(0);
  }

  /** Takes what waits. */
  void keepsUp() {
    writable = true;
    events().ready();
  }

  @Override
  public void write(EngineIoPacket packet, boolean compress) {
    if (packet instanceof EngineIoPacket.Message message) {
      String text = UTF_8.decode(message.data()).toString();
      String seen = message.binary() ? "b:" + text : text;
      received.add(seen);
      if (compress) {
        compressed.add(seen);
      }
    }
  }

  @Override
  public void flush() {}

  @Override
  public void close(CloseReason reason) {
    closed = closed == null ? reason : closed;
  }

  @Override
  public void discard() {}

  void sends(String text) {
    events().received(new EngineIoPacket.Message(UTF_8.encode(text), false));
  }

  void sendsBinary(String text) {
    events().received(new EngineIoPacket.Message(UTF_8.encode(text), true));
  }

  void goesAway() {
    events().failed(CloseReason.TRANSPORT_CLOSE);
  }

  /** What it got since it was asked last. */
  List<String> took() {
    List<String> taken = List.copyOf(received);
    received.clear();
    return taken;
  }

  private TransportEvents events() {
    if (events == null) {
      throw new AssertionError("used before it was connected");
    }
    return events;
  }
}
