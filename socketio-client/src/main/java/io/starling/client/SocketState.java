package io.starling.client;

import io.starling.protocol.payload.Event;
import io.starling.protocol.payload.EventPayload;
import io.starling.protocol.socketio.SocketIoPacket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The state of one namespace:
 *
 * <pre>
 * OFF ─ join → JOINING ─ the server's answer → JOINED ─ disconnect, loss → OFF
 * </pre>
 *
 * <p>The client's lock guards the fields, unless one says otherwise. Calls of handlers are queued
 * under the lock and run without it.
 */
final class SocketState {
  private final ClientConnection connection;
  private final ClientSocket face;
  private final String namespace;
  private final Handlers handlers = new Handlers();
  private final SerialQueue queue;
  private final Outbox outbox;
  private final List<SocketIoPacket.Event> early = new ArrayList<>();

  private Phase phase = Phase.OFF;
  private boolean wanted;

  /** Whether the socket has not been connected since the application asked for it. */
  private boolean first;

  private CompletableFuture<ClientSocket> connecting = new CompletableFuture<>();
  private @Nullable String pid;
  private @Nullable String offset;
  private int epoch;

  private volatile @Nullable String sid; // written under the lock; null unless JOINED
  private volatile boolean recovered; // written under the lock

  private enum Phase {
    OFF,
    JOINING,
    JOINED
  }

  SocketState(ClientConnection connection, ClientSocket face, String namespace) {
    this.connection = connection;
    this.face = face;
    this.namespace = namespace;
    this.queue = new SerialQueue(connection.handlers());
    this.outbox = new Outbox(connection, this);
  }

  ClientConnection connection() {
    return connection;
  }

  String namespace() {
    return namespace;
  }

  Handlers handlers() {
    return handlers;
  }

  Outbox outbox() {
    return outbox;
  }

  ClientSocket face() {
    return face;
  }

  SerialQueue queue() {
    return queue;
  }

  @Nullable String sid() {
    return sid;
  }

  boolean recovered() {
    return recovered;
  }

  boolean joined() {
    return phase == Phase.JOINED;
  }

  boolean joining() {
    return phase == Phase.JOINING;
  }

  boolean wanted() {
    return wanted;
  }

  boolean first() {
    return first;
  }

  @Nullable String pid() {
    return pid;
  }

  @Nullable String offset() {
    return offset;
  }

  /** The application wants the socket. Returns the future of its next connect. */
  CompletableFuture<ClientSocket> want() {
    if (!wanted) {
      wanted = true;
      first = true;
    }
    if (phase == Phase.JOINED) {
      return CompletableFuture.completedFuture(face);
    }
    if (connecting.isDone()) {
      connecting = new CompletableFuture<>();
    }
    return connecting;
  }

  /** The socket will not be connected until the application wants it again. */
  void giveUp(ConnectFailedException why) {
    wanted = false;
    first = false;
    pid = null;
    offset = null;
    if (phase == Phase.JOINING) {
      phase = Phase.OFF;
      early.clear();
    }
    CompletableFuture<ClientSocket> failed = connecting;
    connection.effects().add(() -> failed.completeExceptionally(why));
  }

  void join() {
    phase = Phase.JOINING;
    early.clear();
  }

  /** The server let the socket in. */
  void connected(String id, @Nullable String newPid) {
    phase = Phase.JOINED;
    first = false;
    epoch++;
    sid = id;
    recovered = newPid != null && newPid.equals(pid);
    pid = newPid;
    if (!recovered) {
      offset = null;
    }
    queue.add(() -> handlers.connect.forEach(handler -> guarded("connect", handler::connected)));
    early.forEach(this::enqueue);
    early.clear();
    outbox.connected();
    CompletableFuture<ClientSocket> done = connecting;
    connection
        .effects()
        .add(
            () -> {
              connection.tell(listener -> listener.connected(face));
              queue.start();
              done.complete(face);
            });
  }

  void connectFailed(ConnectFailedException error) {
    phase = Phase.OFF;
    early.clear();
    queue.add(
        () ->
            handlers.connectError.forEach(
                handler -> guarded("connect_error", () -> handler.failed(error))));
    connection
        .effects()
        .add(
            () -> {
              connection.tell(listener -> listener.connectFailed(face, error));
              queue.start();
            });
  }

  /** The socket was connected and is not any more. */
  void disconnected(DisconnectReason reason) {
    phase = Phase.OFF;
    sid = null;
    List<PendingAck> lost = outbox.disconnected();
    queue.add(
        () ->
            handlers.disconnect.forEach(
                handler -> guarded("disconnect", () -> handler.disconnected(reason))));
    connection
        .effects()
        .add(
            () -> {
              connection.tell(listener -> listener.disconnected(face, reason));
              queue.start();
              lost.forEach(ack -> ack.done(null, new SocketDisconnectedException(namespace)));
            });
  }

  /** Takes an event that arrived. */
  void event(SocketIoPacket.Event packet) {
    if (phase == Phase.OFF) {
      return;
    }
    if (pid != null && packet.ackId() == SocketIoPacket.NO_ACK) {
      String last = lastText(packet.payload());
      offset = last == null ? offset : last;
    }
    connection.eventQueued();
    if (phase == Phase.JOINING) {
      early.add(packet); // What a recovery missed comes before the server's answer.
    } else {
      enqueue(packet);
    }
  }

  private void enqueue(SocketIoPacket.Event packet) {
    int arrivedOn = epoch;
    queue.add(
        () -> {
          try {
            handle(packet, arrivedOn);
          } finally {
            connection.eventHandled();
          }
        });
  }

  private void handle(SocketIoPacket.Event packet, int arrivedOn) {
    Event event;
    try {
      event = connection.options().codec.decodeEvent(packet.payload());
    } catch (Throwable e) {
      failed("event", e);
      return;
    }
    for (AnyEventHandler listener : handlers.any) {
      guarded(event.name(), () -> listener.handle(event.name(), event.arguments()));
    }
    EventReceiver<Event> handler = handlers.handler(event.name());
    if (handler != null) {
      EventAck ack = new EventAck(this, packet.ackId(), arrivedOn);
      guarded(event.name(), () -> handler.handle(event, ack));
    }
  }

  /** Sends an ack, if the socket is still connected as it was when the event arrived. */
  void answer(long id, EventPayload payload, int arrivedOn) {
    connection.locked(
        () -> {
          if (phase == Phase.JOINED && epoch == arrivedOn) {
            connection.requireRoom(payload.bytes());
            connection.write(new SocketIoPacket.Ack(namespace, id, payload), payload);
            connection.flushLater();
          }
          return null;
        });
  }

  void failed(String handler, Throwable cause) {
    connection.handlerFailed(face, handler, cause);
  }

  private void guarded(String handler, Call call) {
    try {
      call.run();
    } catch (Throwable e) {
      failed(handler, e);
    }
  }

  /**
   * The last argument of an event, if it is a text without escapes: the offset that a server with
   * recovery adds to its events.
   */
  static @Nullable String lastText(EventPayload payload) {
    ByteBuffer json = payload.json();
    int end = json.limit() - 1;
    if (end < 2 || json.get(end) != ']' || json.get(end - 1) != '"') {
      return null;
    }
    int start = end - 2;
    while (start > 0 && json.get(start) != '"') {
      if (json.get(start) == '\\') {
        return null;
      }
      start--;
    }
    if (start == 0 || json.get(start - 1) != ',') {
      return null;
    }
    ByteBuffer text = json.duplicate().limit(end - 1).position(start + 1);
    return StandardCharsets.UTF_8.decode(text).toString();
  }

  /** Code of the application. */
  @FunctionalInterface
  interface Call {
    void run() throws Exception;
  }
}
