package io.starling.socketio.internal;

import io.starling.engineio.CloseReason;
import io.starling.manager.protocol.Arguments;
import io.starling.manager.protocol.Event;
import io.starling.manager.protocol.WireName;
import io.starling.socketio.ConnectHandler;
import io.starling.socketio.ConnectRefusedException;
import io.starling.socketio.DisconnectHandler;
import io.starling.socketio.DisconnectReason;
import io.starling.socketio.EventHandler;
import io.starling.socketio.SocketEventHandler;
import io.starling.socketio.protocol.SocketIoPacket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Runs the handlers of one socket through its life: connect, events, disconnect. {@link #connect},
 * {@link #received} and {@link #left} are called on the event loop; handlers run on handler
 * threads, in order.
 */
final class SocketHandlers {
  /** What events waiting for their handlers may hold, beside their number. */
  private static final long MAX_PENDING_BYTES = 16L << 20;

  private final DefaultSocket socket;
  private final Connection connection;
  private final Membership membership;
  private final Endpoint endpoint;
  private final HandlerDispatcher dispatcher;
  private final AtomicLong pendingBytes = new AtomicLong();

  /** Made by the first handler that the socket gets. */
  private volatile @Nullable Map<String, SocketEventHandler<Arguments>> events;

  private volatile @Nullable List<DisconnectHandler> disconnects;

  SocketHandlers(DefaultSocket socket, Connection connection, Membership membership) {
    this.socket = socket;
    this.connection = connection;
    this.membership = membership;
    this.endpoint = socket.endpoint();
    this.dispatcher = new HandlerDispatcher(endpoint.handlers());
  }

  synchronized void add(String event, SocketEventHandler<Arguments> handler) {
    WireName.requireEvent(event);
    Map<String, SocketEventHandler<Arguments>> own = events;
    if (own == null) {
      own = new ConcurrentHashMap<>(4);
      events = own;
    }
    if (own.putIfAbsent(event, handler) != null) {
      throw new IllegalArgumentException("event: " + event + " again (expected: one handler)");
    }
  }

  synchronized void add(DisconnectHandler handler) {
    List<DisconnectHandler> own = disconnects;
    if (own == null) {
      own = new CopyOnWriteArrayList<>();
      disconnects = own;
    }
    own.add(handler);
  }

  /** The client asks to be let in. */
  void connect() {
    endpoint.openSockets().began();
    dispatcher.dispatch(
        () -> {
          try {
            for (ConnectHandler step : socket.namespace().layers().connectSteps()) {
              step.connect(socket);
            }
            connection.onLoop(this::accept);
          } catch (Throwable e) {
            connection.onLoop(() -> refuse(e));
          }
        });
  }

  /** The client sent an event. */
  void received(SocketIoPacket.Event event) {
    long bytes = event.payload().bytes();
    if (dispatcher.pending() >= endpoint.config().maxPendingEvents()
        || pendingBytes.get() + bytes > MAX_PENDING_BYTES) {
      connection.refuse(
          "events: too many wait for their handlers (expected: at most "
              + endpoint.config().maxPendingEvents()
              + ", "
              + MAX_PENDING_BYTES
              + " bytes)",
          CloseReason.FORCED_SERVER_CLOSE);
      return;
    }
    pendingBytes.addAndGet(bytes);
    dispatcher.dispatch(
        () -> {
          pendingBytes.addAndGet(-bytes);
          handle(event);
        });
  }

  /** The socket is gone. What it received before is still handled, unless the server ended it. */
  void left(DisconnectReason reason) {
    boolean wasConnected = membership.end(reason);
    socket.acks().close();
    if (wasConnected) {
      socket.namespace().remove(socket);
      endpoint.tell(listener -> listener.disconnected(socket, reason));
      dispatcher.dispatch(() -> disconnected(reason));
    }
  }

  private void accept() {
    DisconnectReason gone = membership.reason();
    if (gone != null) {
      // The client left while the handlers ran; they let it in, so its end is told.
      dispatcher.dispatch(() -> disconnected(gone));
      return;
    }
    ObjectNode sid = JsonNodeFactory.instance.objectNode().put("sid", socket.id().value());
    connection.send(new SocketIoPacket.Connect(socket.namespace().name(), sid));
    socket.namespace().add(socket);
    membership.begin();
    connection.accepted();
    endpoint.tell(listener -> listener.connected(socket));
  }

  private void refuse(Throwable cause) {
    String namespace = socket.namespace().name();
    String message = "Connection refused";
    Object data = null;
    if (cause instanceof ConnectRefusedException refusal) {
      message = String.valueOf(refusal.getMessage());
      data = refusal.data();
    }
    if (!membership.left()) {
      membership.refuse();
      connection.refused(socket);
      connection.send(endpoint.connectError(namespace, message, data));
    }
    socket.acks().close();
    endpoint.openSockets().ended();
    String told = message;
    endpoint.tell(listener -> listener.connectRefused(namespace, socket.handshake(), told, cause));
  }

  private void handle(SocketIoPacket.Event packet) {
    DisconnectReason reason = membership.reason();
    if (reason != null && reason.byServer()) {
      return;
    }
    String name = "event";
    try {
      Event event = endpoint.codec().decodeEvent(packet.payload());
      name = event.name();
      EventAck ack = new EventAck(socket, packet.ackId());
      Map<String, SocketEventHandler<Arguments>> own = events;
      SocketEventHandler<Arguments> first = own == null ? null : own.get(name);
      EventHandler<Arguments> second = socket.namespace().layers().handler(name);
      if (first != null) {
        first.handle(event.arguments(), ack);
      } else if (second != null) {
        second.handle(socket, event.arguments(), ack);
      }
    } catch (Throwable e) {
      failed(name, e);
    }
  }

  private void disconnected(DisconnectReason reason) {
    HandlerLayers layers = socket.namespace().layers();
    layers.disconnectingHandlers().forEach(handler -> disconnected(handler, reason));
    List<DisconnectHandler> own = disconnects;
    if (own != null) {
      own.forEach(handler -> disconnected(handler, reason));
    }
    layers.disconnectHandlers().forEach(handler -> disconnected(handler, reason));
    endpoint.openSockets().ended();
  }

  private void disconnected(DisconnectHandler handler, DisconnectReason reason) {
    try {
      handler.disconnect(socket, reason);
    } catch (Throwable e) {
      failed("disconnect", e);
    }
  }

  private void failed(String handler, Throwable cause) {
    endpoint.tell(listener -> listener.handlerFailed(socket, handler, cause));
  }
}
