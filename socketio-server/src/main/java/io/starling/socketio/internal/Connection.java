package io.starling.socketio.internal;

import io.starling.engineio.CloseReason;
import io.starling.engineio.EngineIoSession;
import io.starling.engineio.SessionExecutor.Cancellable;
import io.starling.engineio.Target;
import io.starling.protocol.engineio.MalformedPacketException;
import io.starling.protocol.socketio.PacketParser;
import io.starling.protocol.socketio.SocketIoPacket;
import io.starling.socketio.DisconnectReason;
import io.starling.socketio.Handshake;
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
 * The Socket.IO side of one Engine.IO session: it parses the packets of the client and owns the
 * client's sockets, at most one for each namespace.
 *
 * <p>All methods run on the event loop of the session, except those whose comment says that any
 * thread may call them.
 */
final class Connection implements Target {
  /**
   * How many entries {@link #ended} may have. A larger {@code maxNamespacesPerConnection} replaces
   * this bound.
   */
  private static final int MAX_ENDED = 1_000;

  private final Endpoint endpoint;
  private final EngineIoSession session;
  private final PacketParser parser;

  /**
   * The client's sockets by namespace, including sockets that are still connecting. Most clients
   * have one socket, so a map of one entry is immutable and is replaced when a second socket comes.
   * Only the event loop of the session reads and writes this field.
   */
  private Map<String, DefaultSocket> sockets = Map.of();

  /**
   * Namespaces whose socket the server ended or replaced, oldest first. The client may not know of
   * the end yet, so packets for these namespaces are ignored and are no fault. An entry goes away
   * when the client is in the namespace again. Only the event loop of the session reads and writes
   * this field.
   */
  private Set<String> ended = Set.of();

  /**
   * Futures by namespace. When a client connects again to a namespace that it is in, the future of
   * that namespace completes once all handlers of the old socket have run. The new socket's
   * handlers wait for it. Completed futures are removed at the next CONNECT. Only the event loop of
   * the session reads and writes this field.
   */
  private Map<String, CompletableFuture<?>> replaced = Map.of();

  /**
   * Created when the client first asks for a namespace that was not declared. Only the event loop
   * of the session reads and writes this field.
   */
  private @Nullable Admissions admissions;

  /**
   * The number of sockets whose handlers may still run: those in {@link #sockets}, and sockets that
   * have left. Any thread may change it.
   */
  private final AtomicInteger open = new AtomicInteger();

  /**
   * Created on the event loop by the first event, or by the first part of an event with
   * attachments. Any thread may read this field.
   */
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

  /** A namespace let the socket in, and the client was told. */
  void accepted(DefaultSocket socket) {
    cancelTimeout();
    if (!ended.isEmpty()) {
      ended.remove(socket.namespace().name());
    }
  }

  /** The connect handlers of a namespace refused the socket. The client may ask again. */
  void refused(DefaultSocket socket) {
    remove(socket);
  }

  /** Creates a socket in the namespace and starts the namespace's connect handlers. */
  void join(DefaultNamespace namespace, Handshake handshake) {
    DefaultSocket socket = new DefaultSocket(this, namespace, handshake);
    add(socket);
    open.incrementAndGet();
    socket.handlers().connect(replaced.get(namespace.name()));
  }

  /** The account of what waits for handlers or for attachments; created by the first call. */
  Intake intake() {
    Intake made = intake;
    if (made == null) {
      made = new Intake(endpoint, this);
      intake = made;
    }
    return made;
  }

  /**
   * The server asked the client of one of the sockets for an ack. Any thread may call this method.
   */
  void ackExpected() {
    Intake made = intake;
    if (made != null) {
      made.ackExpected();
    }
  }

  /** Whether the server waits for an ack of any of the sockets. */
  boolean awaitsAck() {
    return sockets.values().stream().anyMatch(socket -> socket.acks().awaited());
  }

  /**
   * The number of handler calls that wait or run for one socket; the largest number among the
   * sockets.
   */
  int mostPending() {
    return sockets.values().stream()
        .mapToInt(socket -> socket.handlers().pending())
        .max()
        .orElse(0);
  }

  List<SocketHandlers> handlers() {
    return sockets.values().stream().map(DefaultSocket::handlers).toList();
  }

  /**
   * All handlers of one socket have run, including its disconnect handlers. Any thread may call
   * this method.
   */
  void ended() {
    open.decrementAndGet();
  }

  /** Answers a CONNECT with CONNECT_ERROR: the client gets no socket in the namespace. */
  void refuse(String namespace, Handshake handshake, Refusal refusal) {
    send(endpoint.connectError(namespace, refusal));
    endpoint.refused(namespace, handshake, refusal);
  }

  /**
   * Ends a socket on behalf of the server. The caller has sent the DISCONNECT packet already. Does
   * nothing if the socket has left before.
   *
   * @param closeTransport also ends all other sockets of the client and closes the session
   */
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

  /** Sends a packet to the client, even when the client is in no namespace. */
  void send(SocketIoPacket packet) {
    endpoint.engine().send(this, Outbound.of(packet));
  }

  /**
   * Runs a task on the event loop of the session, behind the tasks that the calling thread handed
   * to the loop before. The event loops end with the server, after all sockets have left; from then
   * on the task runs on the calling thread. Any thread may call this method.
   */
  void onLoop(Runnable task) {
    if (!session.loop().tryExecute(task)) {
      task.run();
    }
  }

  /** The handshake of the session. It has no auth data, which belongs to one namespace. */
  Handshake handshake() {
    return new Handshake(session.request(), null);
  }

  /** Reports a fault of the client to the listeners and closes the session. */
  void refuse(String fault, CloseReason reason) {
    beginClosing();
    Handshake handshake = handshake();
    endpoint.tell(listener -> listener.packetRefused(handshake, fault));
    session.close(reason);
  }

  /** From now on packets of the client are ignored, and its open CONNECT requests are forgotten. */
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
   * Ends the socket that a new CONNECT for the same namespace replaces. A client that left and came
   * back before the answer to its first CONNECT arrived sends no DISCONNECT, only a second CONNECT.
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
   * Forgets a CONNECT of the client that is not decided yet, because the client left or sent
   * another CONNECT with another handshake. The forgotten CONNECT is never answered, whatever its
   * handlers decide.
   *
   * @return whether there was such a CONNECT
   */
  private boolean withdraw(String namespace) {
    DefaultSocket socket = sockets.get(namespace);
    if (socket != null && socket.connecting()) {
      return leave(socket, DisconnectReason.CLIENT_NAMESPACE_DISCONNECT);
    }
    return admissions != null && admissions.withdraw(namespace);
  }

  /**
   * The socket that a packet is for. Null when the packet is to be ignored, because the server
   * ended the socket.
   *
   * @throws MalformedPacketException if the client is not in the namespace
   */
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
