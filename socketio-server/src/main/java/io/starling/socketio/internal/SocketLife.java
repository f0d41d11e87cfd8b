package io.starling.socketio.internal;

import static java.util.Objects.requireNonNull;

import io.starling.manager.Rooms;
import io.starling.protocol.socketio.SocketIoPacket;
import io.starling.socketio.AsyncConnectHandler;
import io.starling.socketio.ConnectHandler;
import io.starling.socketio.DisconnectHandler;
import io.starling.socketio.DisconnectReason;
import io.starling.socketio.internal.Handlers.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The way of a socket into its namespace and out of it. The socket is connecting, connected or has
 * left. Only a connected socket is in the {@link Rooms} of the namespace. While the socket
 * connects, this class keeps the names of its rooms and holds what is sent to it. After it has
 * left, this class keeps the names of its last rooms.
 *
 * <p>{@link #connect}, {@link #left}, {@link #begin} and {@link #end} are called on the event loop
 * of the session. Any thread may call the other methods. Handlers run on handler threads, one at a
 * time.
 */
final class SocketLife {
  private enum State {
    CONNECTING,
    CONNECTED,
    LEFT
  }

  private final DefaultSocket socket;
  private final Connection connection;
  private final Endpoint endpoint;
  private final Rooms namespace;

  /**
   * Changed only on the event loop of the session while it holds the lock of this object; read by
   * any thread.
   */
  private volatile State state = State.CONNECTING;

  /**
   * Why the socket left; null if it has not left, or if it was refused. Changed together with
   * {@link #state}.
   */
  private volatile @Nullable DisconnectReason reason;

  /**
   * Actions that wait until the client is connected; null once actions run at once. Changed under
   * the lock of this object.
   */
  private volatile @Nullable List<Runnable> held = List.of();

  /**
   * The rooms of a socket that is not connected. The set is replaced, never changed. Guarded by the
   * lock of this object.
   */
  private Set<String> rooms;

  SocketLife(DefaultSocket socket, Connection connection) {
    this.socket = socket;
    this.connection = connection;
    this.endpoint = socket.endpoint();
    this.namespace = socket.namespace().rooms();
    this.rooms = Set.of(socket.id().value());
  }

  boolean connecting() {
    return state == State.CONNECTING;
  }

  boolean connected() {
    return state == State.CONNECTED;
  }

  /** Whether the server ended the socket, so that events which wait for handlers are dropped. */
  boolean endedByServer() {
    DisconnectReason why = reason;
    return why != null && why.byServer();
  }

  /**
   * The client asks to join the namespace: runs the middlewares and connect handlers.
   *
   * @param before a stage that must complete before any handler of this socket runs; null for none
   */
  void connect(@Nullable CompletionStage<?> before) {
    endpoint.openSockets().began();
    if (before != null) {
      socket.queue().dispatchTask(() -> before);
    }
    List<AsyncConnectHandler> steps = socket.namespace().handlers().connectSteps();
    if (steps.isEmpty()) {
      accept();
      return;
    }
    Iterator<AsyncConnectHandler> inOrder = steps.iterator();
    socket
        .queue()
        .dispatch(
            () ->
                Steps.inOrder(inOrder, step -> step.connect(socket), endpoint.handlers())
                    .whenComplete((done, failure) -> decided(failure)));
  }

  /**
   * The connect handlers have decided. Runs on the thread that completed the stage of the last
   * handler.
   *
   * @param failure why the client is not let in; null if it is
   */
  private void decided(@Nullable Throwable failure) {
    if (failure == null) {
      connection.onLoop(this::accept);
    } else {
      socket
          .queue()
          .dispatch(
              () -> {
                Refusal refusal = Refusal.of(Steps.cause(failure), endpoint);
                connection.onLoop(() -> refuse(refusal));
              });
    }
  }

  private void accept() {
    if (connecting()) {
      connection.send(new SocketIoPacket.Connected(socket.namespace().name(), socket.id().value()));
    }
    if (!begin()) {
      // The client left while the connect handlers ran. They let it in, so the disconnect handlers
      // are called too.
      DisconnectReason gone = requireNonNull(reason);
      socket.queue().dispatch(() -> disconnected(gone));
      return;
    }
    connection.accepted(socket);
    endpoint.tell(listener -> listener.connected(socket));
    List<ConnectHandler> handlers = socket.namespace().handlers().all(Kind.CONNECTED);
    if (!handlers.isEmpty()) {
      socket.queue().dispatchTask(() -> connected(handlers));
    }
  }

  /**
   * The client was let in and told so. The actions that waited run before the socket enters its
   * rooms, so that no broadcast overtakes them.
   *
   * @return false if the socket has left already, for example while its connect handlers ran
   */
  synchronized boolean begin() {
    if (state == State.LEFT) {
      return false;
    }
    state = State.CONNECTED;
    List<Runnable> waiting = held;
    if (waiting != null) {
      waiting.forEach(Runnable::run);
      held = null;
    }
    namespace.connect(socket, rooms);
    rooms = Set.of();
    return true;
  }

  /**
   * Runs the connected handlers. If one of them throws, the socket is disconnected. The stage that
   * is returned then holds the socket's events back until the socket has left, so none of them is
   * handled.
   */
  private @Nullable CompletionStage<?> connected(List<ConnectHandler> handlers) {
    try {
      for (ConnectHandler handler : handlers) {
        handler.connect(socket);
      }
      return null;
    } catch (Throwable e) {
      socket.failed("connected", e);
      socket.disconnect();
      CompletableFuture<@Nullable Void> gone = new CompletableFuture<>();
      connection.onLoop(() -> gone.complete(null));
      return gone;
    }
  }

  private void refuse(Refusal refusal) {
    String name = socket.namespace().name();
    if (connecting()) {
      end(null);
      connection.remove(socket);
      connection.send(refusal.packet(name));
    }
    socket.acks().close();
    connection.ended(socket);
    endpoint.refused(name, socket.handshake(), refusal);
  }

  /**
   * The socket has left. Events that it received before are still handled, unless the server ended
   * the socket. The disconnect handlers run after them.
   */
  void left(DisconnectReason why) {
    boolean wasConnected = end(why);
    socket.acks().close();
    if (wasConnected) {
      endpoint.tell(listener -> listener.disconnected(socket, why));
      socket.queue().dispatch(() -> disconnected(why));
    }
  }

  /**
   * The socket leaves its rooms.
   *
   * @param why null if the connect handlers refused the client
   * @return whether it was connected
   */
  synchronized boolean end(@Nullable DisconnectReason why) {
    boolean wasConnected = connected();
    reason = why;
    state = State.LEFT;
    if (wasConnected) {
      rooms = Set.copyOf(namespace.rooms(socket.id()));
      namespace.disconnect(socket.id());
    } else {
      held = null;
    }
    return wasConnected;
  }

  private void disconnected(DisconnectReason why) {
    Handlers own = socket.own();
    Handlers shared = socket.namespace().handlers();
    for (Kind<DisconnectHandler> kind : List.of(Kind.DISCONNECTING, Kind.DISCONNECT)) {
      String name = kind == Kind.DISCONNECTING ? "disconnecting" : "disconnect";
      if (own != null) {
        each(name, own.here(kind), why);
      }
      each(name, shared.all(kind), why);
    }
    connection.ended(socket);
  }

  private void each(String kind, List<DisconnectHandler> handlers, DisconnectReason why) {
    for (DisconnectHandler handler : handlers) {
      try {
        handler.disconnect(socket, why);
      } catch (Throwable e) {
        socket.failed(kind, e);
      }
    }
  }

  /**
   * For a socket that has left: a future that completes when all its handlers have run, including
   * the disconnect handlers.
   */
  CompletableFuture<?> haveRun() {
    CompletableFuture<@Nullable Void> haveRun = new CompletableFuture<>();
    socket.queue().dispatch(() -> haveRun.complete(null));
    return haveRun;
  }

  /**
   * Runs an action at once, unless the socket is still connecting. Then the action waits, behind
   * those that wait already, until the socket is connected; if the socket is refused or leaves
   * first, the action is dropped. An action must only hand tasks to the event loop, because it may
   * run under the lock of this object.
   */
  void whenConnected(Runnable action) {
    if (held != null) {
      synchronized (this) {
        List<Runnable> waiting = held;
        if (waiting != null) {
          if (waiting.isEmpty()) {
            waiting = new ArrayList<>();
            held = waiting;
          }
          waiting.add(action);
          return;
        }
      }
    }
    action.run();
  }

  void join(Collection<String> more) {
    synchronized (this) {
      if (state != State.CONNECTED) {
        if (connecting()) {
          Set<String> all = new LinkedHashSet<>(rooms);
          all.addAll(more);
          rooms = all;
        }
        return;
      }
    }
    namespace.join(socket.id(), more);
  }

  void leave(Collection<String> some) {
    synchronized (this) {
      if (state != State.CONNECTED) {
        if (connecting()) {
          Set<String> rest = new LinkedHashSet<>(rooms);
          rest.removeIf(room -> some.contains(room) && !room.equals(socket.id().value()));
          rooms = rest;
        }
        return;
      }
    }
    namespace.leave(socket.id(), some);
  }

  Set<String> rooms() {
    synchronized (this) {
      if (state != State.CONNECTED) {
        return Set.copyOf(rooms);
      }
    }
    return namespace.rooms(socket.id());
  }
}
