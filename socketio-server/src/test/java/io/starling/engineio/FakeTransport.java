package io.starling.engineio;

import io.starling.protocol.engineio.EngineIoPacket;
import io.starling.protocol.engineio.PacketCodec;
import io.starling.protocol.engineio.PayloadCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** A transport in memory. Text packets are remembered as they look on the wire. */
final class FakeTransport implements EngineIoTransport {
  private final TransportKind kind;
  final List<String> written = new ArrayList<>();
  final List<List<String>> flushes = new ArrayList<>();
  boolean ready = true;
  boolean writable = true;
  boolean flushesAtOnce;
  boolean fullAfterWrite;

  /** Whether a flush reaches a client that takes everything at once. */
  boolean takesWhatIsFlushed;

  /** Whether a response counts as pending until the client takes it. */
  boolean slowResponses;

  int flushCalls;

  /** What happens when a message that waited for this transport is released. */
  @Nullable Runnable whenReleased;

  boolean reading = true;
  boolean discarded;
  long pendingBytes;
  long progress;
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
    return ready && writable;
  }

  @Override
  public long pendingBytes() {
    return pendingBytes;
  }

  @Override
  public boolean prepare(Delivery delivery) {
    Runnable hook = whenReleased;
    if (hook != null) {
      delivery.encoded(Hooked.class, message -> new Hooked(hook));
    }
    return false;
  }

  private record Hooked(Runnable whenReleased) implements Delivery.Encoded {
    @Override
    public void complete() {}

    @Override
    public void release() {
      whenReleased.run();
    }
  }

  @Override
  public void write(EngineIoPacket packet, boolean compress) {
    if (!ready) {
      throw new AssertionError("written while not ready: " + packet);
    } else if (failure != null) {
      throw failure;
    }
    String text = StandardCharsets.UTF_8.decode(PayloadCodec.encode(List.of(packet))).toString();
    if (fullAfterWrite) {
      writable = false;
      pendingBytes += text.length();
    }
    written.add(text);
  }

  /** As a poll does, a polling transport is used up by what leaves. */
  @Override
  public void flush() {
    flushCalls++;
    if (takesWhatIsFlushed && !written.isEmpty()) {
      pendingBytes = 0;
      writable = true;
    }
    if (slowResponses) {
      written.forEach(packet -> pendingBytes += packet.length());
    }
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

  @Override
  public void read(boolean on) {
    reading = on;
  }

  @Override
  public void progress(LongConsumer then) {
    then.accept(progress);
  }

  /** The network takes what waited. */
  void take() {
    pendingBytes = 0;
    progress++;
    writable = true;
    Objects.requireNonNull(events).ready();
  }

  /** The connection breaks, or is closed by the client if it is still ready. */
  void fail(CloseReason reason) {
    Objects.requireNonNull(events).failed(reason);
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
