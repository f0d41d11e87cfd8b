package io.starling.socketio.internal;

import static java.util.Objects.requireNonNull;

import io.starling.engineio.CloseReason;
import io.starling.engineio.SessionExecutor;
import io.starling.socketio.AsyncConnectHandler;
import io.starling.socketio.ConnectedHandler;
import io.starling.socketio.DisconnectHandler;
import io.starling.socketio.DisconnectReason;
import io.starling.socketio.protocol.SocketIoPacket;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Runs the handlers of one socket through its life: connect, events, disconnect. {@link #connect},
 * {@link #received} and {@link #left} are called on the event loop; handlers run on handler
 * threads, in order.
 */
final class SocketHandlers {
  /** As many events do not wait for the end of the turn. */
  private static final int MAX_IN_TURN = 64;

  private static final AtomicReferenceFieldUpdater<SocketHandlers, ReceivedEvent> RUNNING =
      AtomicReferenceFieldUpdater.newUpdater(SocketHandlers.class, ReceivedEvent.class, "running");

  private final DefaultSocket socket;
  private final Connection connection;
  private final Membership membership;
  private final Endpoint endpoint;
  private final HandlerDispatcher dispatcher;

  /** The event whose handler runs; for reports, so others may see it a little late. */
  private volatile @Nullable ReceivedEvent running;

  /** What goes to a handler thread at the end of the turn; owned by the loop. */
  private @Nullable Runnable waiting;

  /** Made by the first handler that the socket gets. */
  private volatile @Nullable OwnHandlers own;

  SocketHandlers(DefaultSocket socket, Connection connection, Membership membership) {
    this.socket = socket;
    this.connection = connection;
    this.membership = membership;
    this.endpoint = socket.endpoint();
    this.dispatcher = new HandlerDispatcher(this::onHandlerThread);
  }

  /**
   * A thread that is woken takes the processor from the loop that wakes it, so the loop does so
   * when it has taken its turn: then the thread may find several events.
   */
  private void onHandlerThread(Runnable batch) {
    SessionExecutor loop = connection.engineSession().loop();
    if (loop.inLoop()) {
      waiting = batch;
      loop.lastInTurn(this::handOver);
    } else {
      try {
        endpoint.handlers().execute(batch);
      } catch (Throwable e) {
        // Once more, where a batch that nobody takes ends the connection.
        connection.onLoop(() -> handOver(batch));
      }
    }
  }

  private void handOver(Runnable batch) {
    waiting = batch;
    handOver();
  }

  private void handOver() {
    Runnable batch = waiting;
    if (batch == null) {
      return;
    }
    waiting = null;
    boolean handedOver = false;
    try {
      endpoint.handlers().execute(batch);
      handedOver = true;
    } finally {
      if (!handedOver) {
        waiting = batch;
        connection.engineSession().close(CloseReason.FORCED_SERVER_CLOSE);
      }
    }
  }

  @Nullable OwnHandlers own() {
    return own;
  }

  synchronized OwnHandlers ownOrNew() {
    OwnHandlers made = own;
    if (made == null) {
      made = new OwnHandlers();
      own = made;
    }
    return made;
  }

  /**
   * The client asks to be let in.
   *
   * @param before what all handlers wait for; null for nothing
   */
  void connect(@Nullable CompletionStage<?> before) {
    endpoint.openSockets().began();
    if (before != null) {
      dispatcher.dispatchTask(() -> before);
    }
    List<AsyncConnectHandler> steps = layers().connectSteps();
    if (steps.isEmpty()) {
      accept();
      return;
    }
    Iterator<AsyncConnectHandler> inOrder = steps.iterator();
    dispatcher.dispatch(
        () ->
            Steps.inOrder(inOrder, step -> step.connect(socket), endpoint.handlers())
                .whenComplete((done, failure) -> decided(failure)));
  }

  /** The client sent an event. */
  void received(SocketIoPacket.Event event) {
    Intake intake = connection.intake();
    intake.arrived(event.payload());
    endpoint.counters().eventReceived();
    dispatcher.dispatchTask(new ReceivedEvent(socket, event, intake));
    int pending = dispatcher.pending();
    if (pending >= Math.min(MAX_IN_TURN, (endpoint.config().maxPendingEvents() + 1) / 2)
        || intake.bytes() >= endpoint.config().maxPendingBytes() / 2) {
      handOver();
    }
    intake.stopIfFull(pending);
  }

  /** The handler of an event begins. */
  void begins(ReceivedEvent event) {
    RUNNING.lazySet(this, event);
  }

  /** The handler has returned. */
  void returned() {
    RUNNING.lazySet(this, null);
  }

  /** The event whose handler runs; any thread. */
  @Nullable ReceivedEvent running() {
    return running;
  }

  /** Whether what waits is to be dropped. */
  boolean endedByServer() {
    DisconnectReason reason = membership.reason();
    return reason != null && reason.byServer();
  }

  /** How many events and other calls wait for their handlers, or are being handled. */
  int pending() {
    return dispatcher.pending();
  }

  /** The socket is gone. What it received before is still handled, unless the server ended it. */
  void left(DisconnectReason reason) {
    boolean wasConnected = membership.end(reason);
    socket.acks().close();
    if (wasConnected) {
      endpoint.tell(listener -> listener.disconnected(socket, reason));
      boolean notTaken = waiting != null;
      dispatcher.dispatch(() -> disconnected(reason));
      if (notTaken) {
        connection.engineSession().loop().lastInTurn(this::handOver);
      }
    }
  }

  /** When all handlers have run, those of the disconnect too, of a socket that has left. */
  CompletableFuture<?> haveRun() {
    CompletableFuture<@Nullable Void> haveRun = new CompletableFuture<>();
    dispatcher.dispatch(() -> haveRun.complete(null));
    return haveRun;
  }

  /** On whatever thread completed the last stage. */
  private void decided(@Nullable Throwable failure) {
    if (failure == null) {
      connection.onLoop(this::accept);
    } else {
      dispatcher.dispatch(
          () -> {
            Refusal refusal = endpoint.refusal(Steps.cause(failure));
            connection.onLoop(() -> refuse(refusal));
          });
    }
  }

  private void accept() {
    if (!membership.left()) {
      connection.send(new SocketIoPacket.Connected(socket.namespace().name(), socket.id().value()));
    }
    if (!membership.begin()) {
      // The client left while the handlers ran; they let it in, so its end is told.
      DisconnectReason gone = requireNonNull(membership.reason());
      dispatcher.dispatch(() -> disconnected(gone));
      return;
    }
    connection.accepted(socket);
    endpoint.tell(listener -> listener.connected(socket));
    List<ConnectedHandler> handlers = layers().connectedHandlers();
    if (!handlers.isEmpty()) {
      dispatcher.dispatchTask(() -> connected(handlers));
    }
  }

  /** Fails closed: a socket that one of them throws at is gone before its first event. */
  private @Nullable CompletionStage<?> connected(List<ConnectedHandler> handlers) {
    try {
      for (ConnectedHandler handler : handlers) {
        handler.connected(socket);
      }
      return null;
    } catch (Throwable e) {
      failed("connected", e);
      socket.disconnect();
      CompletableFuture<@Nullable Void> gone = new CompletableFuture<>();
      connection.onLoop(() -> gone.complete(null));
      return gone;
    }
  }

  private void refuse(Refusal refusal) {
    String namespace = socket.namespace().name();
    if (!membership.left()) {
      membership.refuse();
      connection.refused(socket);
      connection.send(endpoint.connectError(namespace, refusal));
    }
    socket.acks().close();
    ended();
    endpoint.refused(namespace, socket.handshake(), refusal);
  }

  private void ended() {
    connection.ended();
    endpoint.namespaces().left(socket.namespace());
    endpoint.openSockets().ended();
  }

  private void disconnected(DisconnectReason reason) {
    OwnHandlers mine = own;
    if (mine != null) {
      each("disconnecting", mine.disconnectingHandlers(), reason);
    }
    each("disconnecting", layers().disconnectingHandlers(), reason);
    if (mine != null) {
      each("disconnect", mine.disconnectHandlers(), reason);
    }
    each("disconnect", layers().disconnectHandlers(), reason);
    ended();
  }

  private void each(String kind, List<DisconnectHandler> handlers, DisconnectReason reason) {
    for (DisconnectHandler handler : handlers) {
      try {
        handler.disconnect(socket, reason);
      } catch (Throwable e) {
        failed(kind, e);
      }
    }
  }

  void failed(String handler, Throwable cause) {
    endpoint.tell(listener -> listener.handlerFailed(socket, handler, cause));
  }

  private HandlerLayers layers() {
    return socket.namespace().layers();
  }
}
