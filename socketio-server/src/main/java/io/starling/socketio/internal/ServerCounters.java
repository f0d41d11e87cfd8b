package io.starling.socketio.internal;

import io.starling.engineio.EngineIoServer;
import io.starling.engineio.TransportKind;
import io.starling.manager.Tally;
import io.starling.protocol.engineio.HandshakeError;
import io.starling.socketio.DisconnectReason;
import io.starling.socketio.Handshake;
import io.starling.socketio.ServerCount;
import io.starling.socketio.ServerStatistics;
import io.starling.socketio.Socket;
import io.starling.socketio.SocketIoListener;
import io.starling.socketio.http.WebRequest;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts what happens in a server, for {@link ServerStatistics}. Most of it arrives through the
 * methods of {@link SocketIoListener}. Safe for any thread.
 */
final class ServerCounters implements SocketIoListener {
  private final Tally<ServerCount> counts = new Tally<>(ServerCount.class);
  private final Tally<DisconnectReason> disconnects = new Tally<>(DisconnectReason.class);
  private final Tally<HandshakeError> handshakesRefused = new Tally<>(HandshakeError.class);

  void messageReceived(int bytes) {
    counts.increment(ServerCount.MESSAGES_RECEIVED);
    counts.add(ServerCount.BYTES_RECEIVED, bytes);
  }

  void eventReceived() {
    counts.increment(ServerCount.EVENTS_RECEIVED);
  }

  void eventHandled(long nanos) {
    counts.increment(ServerCount.EVENTS_HANDLED);
    counts.add(ServerCount.HANDLER_NANOS, nanos);
  }

  void emitted() {
    counts.increment(ServerCount.EMITS);
  }

  void handshakeRefused(HandshakeError error) {
    handshakesRefused.increment(error);
  }

  @Override
  public void connected(Socket socket) {
    counts.increment(ServerCount.CONNECTED);
  }

  @Override
  public void connectRefused(
      String namespace, Handshake handshake, String message, @Nullable Throwable cause) {
    counts.increment(ServerCount.CONNECTS_REFUSED);
  }

  @Override
  public void disconnected(Socket socket, DisconnectReason reason) {
    disconnects.increment(reason);
  }

  @Override
  public void packetRefused(Handshake handshake, String fault) {
    counts.increment(ServerCount.PACKETS_REFUSED);
  }

  @Override
  public void handlerFailed(Socket socket, String handler, Throwable cause) {
    counts.increment(ServerCount.HANDLERS_FAILED);
  }

  @Override
  public void requestFailed(WebRequest request, Throwable cause) {
    counts.increment(ServerCount.REQUESTS_FAILED);
  }

  /**
   * The current values of all counters. This method visits every connection and socket to count
   * them.
   */
  ServerStatistics snapshot(EngineIoServer engine, Collection<DefaultNamespace> namespaces) {
    Map<String, Integer> sockets = new TreeMap<>();
    long pending = 0;
    for (DefaultNamespace namespace : namespaces) {
      sockets.put(namespace.name(), namespace.socketCount());
      pending += namespace.pendingEvents();
    }
    Map<TransportKind, Integer> connections = new EnumMap<>(TransportKind.class);
    for (TransportKind kind : TransportKind.values()) {
      connections.put(kind, engine.sessionCount(kind));
    }
    Map<ServerCount, Long> now = new EnumMap<>(counts.sums());
    now.put(ServerCount.MESSAGES_SENT, engine.messagesSent());
    now.put(ServerCount.BYTES_SENT, engine.bytesSent());
    Map<String, Long> refused = new TreeMap<>();
    handshakesRefused.sums().forEach((error, count) -> refused.put(error.name(), count));
    return new ServerStatistics(
        connections, sockets, now, disconnects.sums(), refused, engine.backlogBytes(), pending);
  }
}
