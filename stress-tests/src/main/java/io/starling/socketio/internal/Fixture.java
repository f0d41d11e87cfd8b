package io.starling.socketio.internal;

import static java.util.Objects.requireNonNull;

import io.starling.engineio.CloseReason;
import io.starling.engineio.EngineIoSession;
import io.starling.engineio.EngineIoTransport;
import io.starling.engineio.HandshakeRequest;
import io.starling.engineio.SessionExecutor;
import io.starling.engineio.TransportEvents;
import io.starling.engineio.TransportKind;
import io.starling.manager.local.LocalClientManager;
import io.starling.protocol.engineio.EngineIoPacket;
import io.starling.socketio.Handshake;
import io.starling.socketio.SocketIoServerConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/** A server without port and threads, and one connection that sends nothing anywhere. */
final class Fixture {
  static final Namespaces NAMESPACES =
      namespaces(SocketIoServerConfig.builder().maxDynamicNamespaces(Integer.MAX_VALUE).build());

  static final Handshake HANDSHAKE = new Handshake(request(), null);

  private static final Connection CONNECTION =
      connection(NAMESPACES, new InlineLoop(), new NoTransport());

  private Fixture() {}

  /** A new socket of a namespace, which is not in yet. */
  static DefaultSocket socket(String namespace) {
    return new DefaultSocket(CONNECTION, NAMESPACES.declare(namespace), HANDSHAKE);
  }

  static Namespaces namespaces(SocketIoServerConfig config) {
    return new EngineIoEvents(
            config,
            new LocalClientManager(),
            new Threads(Runnable::run, Runnable::run, (delay, task) -> () -> {}))
        .namespaces();
  }

  static Connection connection(
      Namespaces namespaces, SessionExecutor loop, EngineIoTransport transport) {
    EngineIoSession session = namespaces.endpoint().engine().open(request(), loop, id -> transport);
    return (Connection) requireNonNull(session.attachment());
  }

  private static HandshakeRequest request() {
    return new HandshakeRequest(
        "/socket.io/",
        Map.of("EIO", List.of("4")),
        Map.of(),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 1),
        false,
        List.of(),
        Instant.EPOCH);
  }

  /** Drops what is scheduled and what would be sent. */
  static class InlineLoop implements SessionExecutor {
    @Override
    public boolean tryExecute(Runnable task) {
      return true;
    }

    @Override
    public boolean inLoop() {
      return true;
    }

    @Override
    public boolean busy() {
      return false;
    }

    @Override
    public long nanoTime() {
      return 0;
    }

    @Override
    public Cancellable schedule(Duration delay, Runnable task) {
      return () -> {};
    }

    @Override
    public void afterTurn(Runnable task) {}

    @Override
    public void lastInTurn(Runnable task) {}
  }

  static class NoTransport implements EngineIoTransport {
    @Override
    public TransportKind kind() {
      return TransportKind.WEBSOCKET;
    }

    @Override
    public void bind(TransportEvents events) {}

    @Override
    public boolean ready() {
      return true;
    }

    @Override
    public boolean writable() {
      return true;
    }

    @Override
    public long pendingBytes() {
      return 0;
    }

    @Override
    public void write(EngineIoPacket packet, boolean compress) {}

    @Override
    public void flush() {}

    @Override
    public void progress(LongConsumer taken) {}

    @Override
    public void read(boolean on) {}

    @Override
    public void close(CloseReason reason) {}

    @Override
    public void discard() {}
  }
}
