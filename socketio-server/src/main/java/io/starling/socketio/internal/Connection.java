package io.starling.socketio.internal;

import io.starling.engineio.CloseReason;
import io.starling.engineio.EngineIoSession;
import io.starling.engineio.SessionExecutor.Cancellable;
import io.starling.engineio.Target;
import io.starling.protocol.socketio.MalformedPacketException;
import io.starling.protocol.socketio.PacketParser;
import io.starling.protocol.socketio.SocketIoPacket;
import io.starling.socketio.DisconnectReason;
import io.starling.socketio.Handshake;
import io.starling.socketio.internal.ClientNamespaces.Slot;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
  private final Namespaces namespaces;
  private final Endpoint endpoint;
  private final EngineIoSession session;
  private final PacketParser parser;
  private final ClientNamespaces slots = new ClientNamespaces();

  /**
   * Futures by namespace. When a client connects again to a namespace that it is in, the future of
   * that namespace completes once all handlers of the old socket have run. The new socket's
   * handlers wait for it. Completed futures are removed at the next CONNECT. Only the event loop of
   * the session reads and writes this field.
   */
  private Map<String, CompletableFuture<?>> replaced = Map.of();

  /**
   * Runs the predicates of the application for the client's requests, one after another. Created
   * when the client first asks for a namespace that was not declared. Only the event loop of the
   * session reads and writes this field.
   */
  private @Nullable EventQueue predicates;

  /** The number of sockets that have left while their handlers may still run. */
  private final AtomicInteger leaving = new AtomicInteger();

  /**
   * Created on the event loop by the first event, or by the first part of an event with
   * attachments. Any thread may read this field.
   */
  private volatile @Nullable Intake intake;

  private @Nullable Cancellable connectTimeout;
  private boolean closing;

  Connection(Namespaces namespaces, EngineIoSession session) {
    this.namespaces = namespaces;
    this.endpoint = namespaces.endpoint();
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
    sockets().forEach(socket -> leave(socket, reason));
  }

  /** A namespace let the socket in, and the client was told. */
  void accepted(DefaultSocket socket) {
    cancelTimeout();
    Slot slot = slots.get(socket.namespace().name());
    if (slot != null) {
      slot.ended = false;
    }
  }

  /** Creates a socket in the namespace and starts the namespace's connect handlers. */
  private void join(DefaultNamespace namespace, Handshake handshake) {
    DefaultSocket socket = new DefaultSocket(this, namespace, handshake);
    slots.take(namespace.name()).socket = socket;
    socket.life().connect(replaced.get(namespace.name()));
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
    return sockets().stream().anyMatch(socket -> socket.acks().awaited());
  }

  /**
   * The number of handler calls that wait or run for one socket; the largest number among the
   * sockets.
   */
  int mostPending() {
    return sockets().stream().mapToInt(socket -> socket.queue().pending()).max().orElse(0);
  }

  List<DefaultSocket> sockets() {
    return slots.sockets();
  }

  /**
   * All handlers of a socket have run, including its disconnect handlers. Any thread may call this
   * method.
   */
  void ended(DefaultSocket socket) {
    leaving.decrementAndGet();
    namespaces.left(socket.namespace());
    endpoint.openSockets().ended();
  }

  /** Answers a CONNECT with CONNECT_ERROR: the client gets no socket in the namespace. */
  private void refuse(String namespace, Handshake handshake, Refusal refusal) {
    send(refusal.packet(namespace));
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
      for (DefaultSocket other : sockets()) {
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
    slots.forgetRequests();
  }

  private void received(SocketIoPacket packet) {
    if (packet instanceof SocketIoPacket.Connect connect) {
      connect(connect);
    } else if (packet instanceof SocketIoPacket.Event event) {
      DefaultSocket socket = receiver(packet);
      if (socket != null) {
        socket.received(event);
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
    if (!replaced.isEmpty()) {
      replaced.values().removeIf(CompletableFuture::isDone);
    }
    Slot before = slots.get(name);
    if (before != null) {
      replace(name, before);
    }
    int waiting = endpoint.config().maxPendingEvents();
    if (leaving.get() >= waiting) {
      refuse(
          "namespaces: too many left before their handlers ran (expected: at most " + waiting + ")",
          CloseReason.FORCED_SERVER_CLOSE);
      return;
    }
    Handshake handshake = new Handshake(session.request(), packet.payload());
    DefaultNamespace declared = namespaces.declared(name);
    if (slots.taken() >= endpoint.config().maxNamespacesPerConnection()) {
      refuse(name, handshake, Refusal.TOO_MANY_NAMESPACES);
    } else if (declared != null) {
      join(declared, handshake);
    } else if (namespaces.hasPredicates()) {
      ask(name, handshake);
    } else {
      refuse(name, handshake, Refusal.UNKNOWN_NAMESPACE);
    }
  }

  /** Lets the predicates of the application decide whether the client may have a namespace. */
  private void ask(String name, Handshake handshake) {
    EventQueue queue = predicates;
    if (queue == null) {
      queue = new EventQueue(endpoint.handlers());
      predicates = queue;
    }
    if (queue.pending() >= endpoint.config().maxPendingEvents()) {
      refuse(name, handshake, Refusal.TOO_MANY_NAMESPACES);
      return;
    }
    slots.take(name).asking = handshake;
    queue.dispatch(
        () -> {
          try {
            DefaultNamespace admitted = namespaces.admit(name, handshake);
            onLoop(() -> judged(name, handshake, admitted));
          } catch (Throwable e) {
            Refusal refusal = Refusal.of(e, endpoint);
            onLoop(() -> refuseIfAsking(name, handshake, refusal));
          }
        });
  }

  private void judged(String name, Handshake request, @Nullable DefaultNamespace admitted) {
    if (admitted == null) {
      refuseIfAsking(name, request, Refusal.UNKNOWN_NAMESPACE);
    } else if (endRequest(name, request)) {
      join(admitted, request);
    } else {
      namespaces.left(admitted);
    }
  }

  private void refuseIfAsking(String name, Handshake request, Refusal refusal) {
    if (endRequest(name, request)) {
      refuse(name, request, refusal);
    }
  }

  /** Ends a request of the client. False if the client does not wait for its answer any more. */
  @SuppressWarnings("ReferenceEquality") // Is this the same request?
  private boolean endRequest(String name, Handshake request) {
    Slot slot = slots.get(name);
    if (slot == null || slot.asking != request) {
      return false;
    }
    slots.vacate(name, slot);
    return true;
  }

  /**
   * Ends the socket or request that a new CONNECT for the same namespace replaces. A client that
   * left and came back before the answer to its first CONNECT arrived sends no DISCONNECT, only a
   * second CONNECT.
   */
  private void replace(String namespace, Slot slot) {
    DefaultSocket socket = slot.socket;
    boolean wasIn = socket != null && !socket.life().connecting();
    leave(namespace, slot);
    if (socket != null && wasIn) {
      forgive(namespace);
      if (replaced.isEmpty()) {
        replaced = new HashMap<>();
      }
      replaced.put(namespace, socket.life().haveRun());
    }
  }

  private void disconnect(String namespace) {
    Slot slot = slots.get(namespace);
    if (slot == null) {
      throw notJoined(namespace);
    }
    leave(namespace, slot);
  }

  /**
   * The client leaves a namespace. If its CONNECT is not decided yet, the CONNECT is never
   * answered, whatever its handlers decide.
   */
  private void leave(String namespace, Slot slot) {
    if (slot.socket != null) {
      leave(slot.socket, DisconnectReason.CLIENT_NAMESPACE_DISCONNECT);
    } else if (slot.asking != null) {
      slots.vacate(namespace, slot);
    }
  }

  /**
   * The socket that a packet is for. Null when the packet is to be ignored, because the server
   * ended the socket.
   *
   * @throws MalformedPacketException if the client is not in the namespace
   */
  private @Nullable DefaultSocket receiver(SocketIoPacket packet) {
    Slot slot = slots.get(packet.namespace());
    if (slot != null && slot.socket != null && slot.socket.connected()) {
      return slot.socket;
    }
    if (slot != null && slot.ended) {
      return null;
    }
    throw notJoined(packet.namespace());
  }

  private boolean mayReceive(String namespace) {
    Slot slot = slots.get(namespace);
    return slot != null && (slot.socket != null || slot.ended);
  }

  private boolean leaveByServer(DefaultSocket socket) {
    boolean left = leave(socket, DisconnectReason.SERVER_NAMESPACE_DISCONNECT);
    if (left) {
      forgive(socket.namespace().name());
    }
    return left;
  }

  private void forgive(String namespace) {
    slots.ended(namespace, endpoint.config().maxNamespacesPerConnection());
  }

  private boolean leave(DefaultSocket socket, DisconnectReason reason) {
    boolean left = remove(socket);
    if (left) {
      socket.life().left(reason);
    }
    return left;
  }

  /**
   * Takes a socket out of its namespace, which the client may ask for again. Its handlers may still
   * run.
   *
   * @return false if the socket was taken out before
   */
  boolean remove(DefaultSocket socket) {
    String namespace = socket.namespace().name();
    Slot slot = slots.get(namespace);
    if (slot == null || slot.socket != socket) {
      return false;
    }
    leaving.incrementAndGet();
    slots.vacate(namespace, slot);
    return true;
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
