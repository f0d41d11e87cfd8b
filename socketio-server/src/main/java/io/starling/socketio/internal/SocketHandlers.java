package io.starling.socketio.internal;

import static java.util.Objects.requireNonNull;

import io.starling.engineio.CloseReason;
import io.starling.engineio.SessionExecutor;
import io.starling.protocol.socketio.SocketIoPacket;
import io.starling.socketio.AsyncConnectHandler;
import io.starling.socketio.ConnectedHandler;
import io.starling.socketio.DisconnectHandler;
import io.starling.socketio.DisconnectReason;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * Runs the handlers of one socket through its life: connect handlers, event handlers, disconnect
 * handlers. The event loop of the session calls {@link #connect}, {@link #received} and {@link
 * #left}. Handlers run on handler threads, one at a time, in the order of these calls.
 */
final class SocketHandlers {
  /**
   * When this many events of the socket are pending, a handler thread is asked for at once, not at
   * the end of the event loop's turn.
   */
  private static final int MAX_IN_TURN = 64;

  private static final AtomicReferenceFieldUpdater<SocketHandlers, ReceivedEvent> RUNNING =
      AtomicReferenceFieldUpdater.newUpdater(SocketHandlers.class, ReceivedEvent.class, "running");

  private final DefaultSocket socket;
  private final Connection connection;
  private final Membership membership;
  private final Endpoint endpoint;
  private final HandlerDispatcher dispatcher;

  /**
   * The event whose handler runs, or null. Only reports read this field, so another thread may see
   * a change a little late.
   */
  private volatile @Nullable ReceivedEvent running;

  /**
   * The batch of events that goes to a handler thread at the end of the loop's turn; null if there
   * is none. Only the event loop of the session reads and writes this field.
   */
  private @Nullable Runnable waiting;

  /**
   * Handlers that were registered on this socket alone. Created by the first of them, under the
   * lock of this object.
   */
  private volatile @Nullable OwnHandlers own;

  SocketHandlers(DefaultSocket socket, Connection connection, Membership membership) {
    this.socket = socket;
    this.connection = connection;
    this.membership = membership;
    this.endpoint = socket.endpoint();
    this.dispatcher = new HandlerDispatcher(this::onHandlerThread);
  }

  /**
   * Gives a batch to a handler thread. The event loop does so at the end of its turn only: a thread
   * that is woken may take the processor from the loop, and at the end of the turn it may find
   * several events.
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
        // The executor refused the batch. The event loop tries again, and closes the session if the
        // executor refuses the batch once more.
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
   * The client asks to join the namespace: runs the middlewares and connect handlers.
   *
   * @param before a stage that must complete before any handler of this socket runs; null for none
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

  /** The client sent an event: hands it to its handler and counts it until the handler takes it. */
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

  /** The handler of an event begins. On a handler thread. */
  void begins(ReceivedEvent event) {
    RUNNING.lazySet(this, event);
  }

  /** The handler of the event that began last has returned or thrown. */
  void returned() {
    RUNNING.lazySet(this, null);
  }

  /** The event whose handler runs, or null. Any thread may call this method. */
  @Nullable ReceivedEvent running() {
    return running;
  }

  /** Whether the server ended the socket, so that events which wait for handlers are dropped. */
  boolean endedByServer() {
    DisconnectReason reason = membership.reason();
    return reason != null && reason.byServer();
  }

  /** How many events and other handler calls wait or run. */
  int pending() {
    return dispatcher.pending();
  }

  /**
   * The socket has left. Events that it received before are still handled, unless the server ended
   * the socket. The disconnect handlers run after them.
   */
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

  /**
   * For a socket that has left: a future that completes when all its handlers have run, including
   * the disconnect handlers.
   */
  CompletableFuture<?> haveRun() {
    CompletableFuture<@Nullable Void> haveRun = new CompletableFuture<>();
    dispatcher.dispatch(() -> haveRun.complete(null));
    return haveRun;
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
      // The client left while the connect handlers ran. They let it in, so the disconnect handlers
      // are called too.
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

  /**
   * Runs the connected handlers. If one of them throws, the socket is disconnected. The stage that
   * is returned then holds the socket's events back until the socket has left, so none of them is
   * handled.
   */
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
