package io.starling.socketio.internal;

import io.starling.engineio.EngineIoServer;
import io.starling.engineio.TransportKind;
import io.starling.protocol.engineio.HandshakeError;
import io.starling.socketio.DisconnectReason;
import io.starling.socketio.Handshake;
import io.starling.socketio.ServerStatistics;
import io.starling.socketio.Socket;
import io.starling.socketio.SocketIoListener;
import io.starling.socketio.http.WebRequest;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Counts what happens in a server, for {@link ServerStatistics}. Most of it arrives through the
 * methods of {@link SocketIoListener}. Safe for any thread.
 */
final class ServerCounters implements SocketIoListener {
  private final LongAdder connected = new LongAdder();
  private final LongAdder connectsRefused = new LongAdder();
  private final LongAdder packetsRefused = new LongAdder();
  private final LongAdder messagesReceived = new LongAdder();
  private final LongAdder bytesReceived = new LongAdder();
  private final LongAdder eventsReceived = new LongAdder();
  private final LongAdder eventsHandled = new LongAdder();
  private final LongAdder handlerNanos = new LongAdder();
  private final LongAdder handlersFailed = new LongAdder();
  private final LongAdder requestsFailed = new LongAdder();
  private final LongAdder emits = new LongAdder();
  private final Map<DisconnectReason, LongAdder> disconnects = adders(DisconnectReason.class);
  private final Map<HandshakeError, LongAdder> handshakesRefused = adders(HandshakeError.class);

  void messageReceived(int bytes) {
    messagesReceived.increment();
    bytesReceived.add(bytes);
  }

  void eventReceived() {
    eventsReceived.increment();
  }

  void eventHandled(long nanos) {
    eventsHandled.increment();
    handlerNanos.add(nanos);
  }

  void emitted() {
    emits.increment();
  }

  void handshakeRefused(HandshakeError error) {
    add(handshakesRefused, error);
  }

  @Override
  public void connected(Socket socket) {
    connected.increment();
  }

  @Override
  public void connectRefused(
      String namespace, Handshake handshake, String message, @Nullable Throwable cause) {
    connectsRefused.increment();
  }

  @Override
  public void disconnected(Socket socket, DisconnectReason reason) {
    add(disconnects, reason);
  }

  @Override
  public void packetRefused(Handshake handshake, String fault) {
    packetsRefused.increment();
  }

  @Override
  public void handlerFailed(Socket socket, String handler, Throwable cause) {
    handlersFailed.increment();
  }

  @Override
  public void requestFailed(WebRequest request, Throwable cause) {
    requestsFailed.increment();
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
    return new ServerStatistics(
        connections,
        sockets,
        connected.sum(),
        connectsRefused.sum(),
        sums(disconnects, Function.identity()),
        sums(handshakesRefused, HandshakeError::name),
        packetsRefused.sum(),
        messagesReceived.sum(),
        bytesReceived.sum(),
        eventsReceived.sum(),
        eventsHandled.sum(),
        Duration.ofNanos(handlerNanos.sum()),
        handlersFailed.sum(),
        requestsFailed.sum(),
        emits.sum(),
        engine.messagesSent(),
        engine.bytesSent(),
        engine.backlogBytes(),
        pending);
  }

  private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> type) {
    Map<E, LongAdder> adders = new EnumMap<>(type);
    for (E constant : type.getEnumConstants()) {
      adders.put(constant, new LongAdder());
    }
    return adders;
  }

  private static <E> void add(Map<E, LongAdder> adders, E key) {
    LongAdder adder = adders.get(key);
    if (adder != null) {
      adder.increment();
    }
  }

  private static <E, K> Map<K, Long> sums(Map<E, LongAdder> adders, Function<E, K> key) {
    Map<K, Long> sums = new LinkedHashMap<>();
    adders.forEach((each, adder) -> sums.put(key.apply(each), adder.sum()));
    return sums;
  }
}
