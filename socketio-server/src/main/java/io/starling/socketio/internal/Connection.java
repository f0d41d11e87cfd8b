package io.starling.socketio.internal;

import io.starling.engineio.CloseReason;
import io.starling.engineio.EngineIoSession;
import io.starling.engineio.SessionExecutor.Cancellable;
import io.starling.engineio.Target;
import io.starling.socketio.DisconnectReason;
import io.starling.socketio.Handshake;
import io.starling.socketio.protocol.MalformedPacketException;
import io.starling.socketio.protocol.PacketParser;
import io.starling.socketio.protocol.SocketIoPacket;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection and its sockets, one in each namespace that it joined. Everything here
 * happens on the session's event loop, but for {@link #onLoop}.
 */
final class Connection implements Target {
  /** How many ended namespaces are remembered, or as many as a client may be in at once. */
  private static final int MAX_ENDED = 1_000;

  private final Endpoint endpoint;
  private final EngineIoSession session;
  private final PacketParser parser;

  /** By namespace; those that are connecting too. Most clients are in one: it is replaced then. */
  private Map<String, DefaultSocket> sockets = Map.of();

  /**
   * Namespaces whose socket ended, oldest first, while the client may not know: what it sends there
   * is forgiven until it is in again.
   */
  private Set<String> ended = Set.of();

  /**
   * By namespace: when the handlers of a socket have run that another one replaces. Those that have
   * run are forgotten at the next connect.
   */
  private Map<String, CompletableFuture<?>> replaced = Map.of();

  /** Made when the first namespace is asked for that nobody declared. */
  private @Nullable Admissions admissions;

  /** Sockets whose handlers may still run: those here, and others that have left. */
  private final AtomicInteger open = new AtomicInteger();

  /** Made by the first event or part of one; read by any thread. */
  private volatile @Nullable Intake intake;

  private @Nullable Cancellable connectTimeout;
  private boolean closing;

  Connection(Endpoint endpoint, EngineIoSession session) {
    this.endpoint = endpoint;
    this.session = session;
    this.parser = new PacketParser(this::mayReceive, endpoint.packetLimits());
  }

  @Override
  public EngineIoSession engineSession() {
    return session;
  }

  @Override
  public boolean open() {
    return true;
  }

  void opened() {
    connectTimeout =
        session
            .loop()
            .schedule(
                endpoint.config().connectTimeout(),
                () -> session.close(CloseReason.FORCED_SERVER_CLOSE));
  }

  void message(ByteBuffer data, boolean binary) {
    if (closing) {
      return;
    }
    try {
      SocketIoPacket packet = binary ? parser.binary(data) : parser.text(data);
      if (packet == null) {
        long objects = binary ? Intake.ATTACHMENT_BYTES : Intake.EVENT_BYTES;
        intake().partArrived(objects + data.remaining());
      } else if (binary) {
        intake().packetCompleted();
        received(packet);
        intake().letOthersGoOn();
      } else {
        received(packet);
      }
    } catch (MalformedPacketException e) {
      refuse(String.valueOf(e.getMessage()), CloseReason.FORCED_CLOSE);
    }
  }

  void closed(DisconnectReason reason) {
    beginClosing();
    parser.drop();
    Intake made = intake;
    if (made != null) {
      made.end();
    }
    cancelTimeout();
    for (DefaultSocket socket : List.copyOf(sockets.values())) {
      leave(socket, reason);
    }
  }

  /** A socket may be told now: its namespace let it in. */
  void accepted(DefaultSocket socket) {
    cancelTimeout();
    if (!ended.isEmpty()) {
      ended.remove(socket.namespace().name());
    }
  }

  /** A namespace refused a socket, which may ask again. */
  void refused(DefaultSocket socket) {
    remove(socket);
  }

  /** The client may ask the connect handlers of a namespace. */
  void join(DefaultNamespace namespace, Handshake handshake) {
    DefaultSocket socket = new DefaultSocket(this, namespace, handshake);
    add(socket);
    open.incrementAndGet();
    socket.handlers().connect(replaced.get(namespace.name()));
  }

  /** What waits for handlers, or for attachments. On the loop. */
  Intake intake() {
    Intake made = intake;
    if (made == null) {
      made = new Intake(endpoint, this);
      intake = made;
    }
    return made;
  }

  /** A socket waits for an ack. Any thread. */
  void ackExpected() {
    Intake made = intake;
    if (made != null) {
      made.ackExpected();
    }
  }

  /** Whether an ack of any socket is awaited. */
  boolean awaitsAck() {
    return sockets.values().stream().anyMatch(socket -> socket.acks().awaited());
  }

  /** How many events and other calls wait for the handlers of one socket, at most. */
  int mostPending() {
    return sockets.values().stream()
        .mapToInt(socket -> socket.handlers().pending())
        .max()
        .orElse(0);
  }

  List<SocketHandlers> handlers() {
    return sockets.values().stream().map(DefaultSocket::handlers).toList();
  }

  /** No handler of a socket will run any more. Any thread. */
  void ended() {
    open.decrementAndGet();
  }

  /** There is no such namespace for the client. */
  void refuse(String namespace, Handshake handshake, Refusal refusal) {
    send(endpoint.connectError(namespace, refusal));
    endpoint.refused(namespace, handshake, refusal);
  }

  /** The server ends a socket, whose client has been told; one that has left is left alone. */
  void disconnected(DefaultSocket socket, boolean closeTransport) {
    if (leaveByServer(socket) && closeTransport) {
      for (DefaultSocket other : List.copyOf(sockets.values())) {
        send(new SocketIoPacket.Disconnect(other.namespace().name()));
        leaveByServer(other);
      }
      beginClosing();
      session.close(CloseReason.FORCED_SERVER_CLOSE);
    }
  }

  /** Sends whatever the state of the sockets is. */
  void send(SocketIoPacket packet) {
    endpoint.engine().send(this, Outbound.of(packet));
  }

  /**
   * Runs a task on the event loop, after what the calling thread did there before. Any thread. When
   * the loops have ended with the server, the sockets have left, and the task runs here.
   */
  void onLoop(Runnable task) {
    if (!session.loop().tryExecute(task)) {
      task.run();
    }
  }

  /** What the client brought, without what it sends for a namespace. */
  Handshake handshake() {
    return new Handshake(session.request(), null);
  }

  /** Gives the client up. */
  void refuse(String fault, CloseReason reason) {
    beginClosing();
    Handshake handshake = handshake();
    endpoint.tell(listener -> listener.packetRefused(handshake, fault));
    session.close(reason);
  }

  /** Nothing that the client sends or has asked for counts any more. */
  private void beginClosing() {
    closing = true;
    if (admissions != null) {
      admissions.withdrawAll();
    }
  }

  private void received(SocketIoPacket packet) {
    if (packet instanceof SocketIoPacket.Connect connect) {
      connect(connect);
    } else if (packet instanceof SocketIoPacket.Event event) {
      DefaultSocket socket = receiver(packet);
      if (socket != null) {
        socket.handlers().received(event);
      }
    } else if (packet instanceof SocketIoPacket.Ack ack) {
      DefaultSocket socket = receiver(packet);
      if (socket != null) {
        socket.acks().complete(ack.ackId(), ack.payload());
      }
    } else if (packet instanceof SocketIoPacket.Disconnect) {
      disconnect(packet.namespace());
    } else if (packet instanceof SocketIoPacket.ConnectError) {
      throw new MalformedPacketException("packet type: 4 (expected: what a client may send)");
    } else {
      throw new AssertionError(packet);
    }
  }

  private void connect(SocketIoPacket.Connect packet) {
    String name = packet.namespace();
    withdraw(name);
    replace(name);
    int waiting = endpoint.config().maxPendingEvents();
    if (open.get() - sockets.size() >= waiting) {
      refuse(
          "namespaces: too many left before their handlers ran (expected: at most " + waiting + ")",
          CloseReason.FORCED_SERVER_CLOSE);
      return;
    }
    Handshake handshake = new Handshake(session.request(), packet.payload());
    DefaultNamespace declared = endpoint.namespaces().declared(name);
    int asked = sockets.size() + (admissions == null ? 0 : admissions.pending());
    if (asked >= endpoint.config().maxNamespacesPerConnection()) {
      refuse(name, handshake, Refusal.TOO_MANY_NAMESPACES);
    } else if (declared != null) {
      join(declared, handshake);
    } else if (endpoint.namespaces().hasPredicates()) {
      if (admissions == null) {
        admissions = new Admissions(endpoint, this);
      }
      admissions.ask(name, handshake);
    } else {
      refuse(name, handshake, Refusal.UNKNOWN_NAMESPACE);
    }
  }

  /**
   * A client that left and came back before it had the answer to its first CONNECT sends only a
   * second one.
   */
  private void replace(String namespace) {
    if (!replaced.isEmpty()) {
      replaced.values().removeIf(CompletableFuture::isDone);
    }
    DefaultSocket socket = sockets.get(namespace);
    if (socket != null) {
      leave(socket, DisconnectReason.CLIENT_NAMESPACE_DISCONNECT);
      forgive(namespace);
      if (replaced.isEmpty()) {
        replaced = new HashMap<>();
      }
      replaced.put(namespace, socket.handlers().haveRun());
    }
  }

  private void disconnect(String namespace) {
    DefaultSocket socket = sockets.get(namespace);
    if (socket != null) {
      leave(socket, DisconnectReason.CLIENT_NAMESPACE_DISCONNECT);
    } else if (!withdraw(namespace) && !ended.contains(namespace)) {
      throw notJoined(namespace);
    }
  }

  /**
   * The client does not wait for a namespace any more: it left, or asks once more, with another
   * handshake. The connect that is pending is never answered, however its handlers decide.
   *
   * @return whether it had been waiting
   */
  private boolean withdraw(String namespace) {
    DefaultSocket socket = sockets.get(namespace);
    if (socket != null && socket.connecting()) {
      return leave(socket, DisconnectReason.CLIENT_NAMESPACE_DISCONNECT);
    }
    return admissions != null && admissions.withdraw(namespace);
  }

  /** Null when the packet is to be ignored. */
  private @Nullable DefaultSocket receiver(SocketIoPacket packet) {
    DefaultSocket socket = sockets.get(packet.namespace());
    if (socket != null && socket.connected()) {
      return socket;
    }
    if (ended.contains(packet.namespace())) {
      return null;
    }
    throw notJoined(packet.namespace());
  }

  private boolean mayReceive(String namespace) {
    return sockets.containsKey(namespace) || ended.contains(namespace);
  }

  private boolean leaveByServer(DefaultSocket socket) {
    boolean left = leave(socket, DisconnectReason.SERVER_NAMESPACE_DISCONNECT);
    if (left) {
      forgive(socket.namespace().name());
    }
    return left;
  }

  private void forgive(String namespace) {
    if (ended.isEmpty()) {
      ended = new LinkedHashSet<>();
    }
    ended.add(namespace);
    int most = Math.max(MAX_ENDED, endpoint.config().maxNamespacesPerConnection());
    if (ended.size() > most) {
      ended.remove(ended.iterator().next());
    }
  }

  private boolean leave(DefaultSocket socket, DisconnectReason reason) {
    boolean left = remove(socket);
    if (left) {
      socket.handlers().left(reason);
    }
    return left;
  }

  private void add(DefaultSocket socket) {
    String namespace = socket.namespace().name();
    if (sockets.isEmpty()) {
      sockets = Map.of(namespace, socket);
    } else {
      sockets = sockets.size() == 1 ? new HashMap<>(sockets) : sockets;
      sockets.put(namespace, socket);
    }
  }

  private boolean remove(DefaultSocket socket) {
    String namespace = socket.namespace().name();
    boolean there = sockets.get(namespace) == socket;
    if (there && sockets.size() == 1) {
      sockets = Map.of();
    } else if (there) {
      sockets.remove(namespace);
    }
    return there;
  }

  private void cancelTimeout() {
    if (connectTimeout != null) {
      connectTimeout.cancel();
      connectTimeout = null;
    }
  }

  private static MalformedPacketException notJoined(String namespace) {
    return new MalformedPacketException(
        "namespace: " + namespace + " (expected: one that the client is in)");
  }
}
