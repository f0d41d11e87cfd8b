package io.starling.socketio.internal;

import io.starling.protocol.payload.Event;
import io.starling.protocol.socketio.SocketIoPacket;
import io.starling.socketio.AnyEventListener;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One event that a client sent, on its way to its handler. On a handler thread, it passes the
 * listeners of {@code onAny} and the middlewares of the socket first.
 */
final class ReceivedEvent implements HandlerDispatcher.Task {
  private final DefaultSocket socket;
  private final SocketIoPacket.Event packet;
  private final Intake intake;

  // Set on the handler thread just before the handler runs. Other threads reach these fields only
  // through SocketHandlers.running(), whose volatile field publishes them.
  private String name = "";
  private long startNanos;

  ReceivedEvent(DefaultSocket socket, SocketIoPacket.Event packet, Intake intake) {
    this.socket = socket;
    this.packet = packet;
    this.intake = intake;
  }

  /** The name of the event; empty until its handler runs. */
  String name() {
    return name;
  }

  String namespace() {
    return socket.namespace().name();
  }

  /** When the handler began, as {@link System#nanoTime}. */
  long startNanos() {
    return startNanos;
  }

  @Override
  public @Nullable CompletionStage<?> run() {
    // The number of pending calls still includes this event.
    intake.taken(packet.payload(), handlers().pending() - 1);
    if (handlers().endedByServer()) {
      return null;
    }
    Event event;
    try {
      event = socket.endpoint().codec().decodeEvent(packet.payload());
    } catch (Throwable e) {
      handlers().failed("event", e);
      return null;
    }
    OwnHandlers own = handlers().own();
    if (own == null) {
      handle(event, null);
      return null;
    }
    own.listeners().forEach(listener -> tell(listener, event));
    return checked(event, own);
  }

  private @Nullable CompletionStage<?> checked(Event event, OwnHandlers own) {
    Executor threads = socket.endpoint().handlers();
    CompletionStage<?> passed =
        Steps.inOrder(
            own.middlewares().iterator(),
            middleware -> middleware.check(event.name(), event.arguments()),
            threads);
    if (passed == Steps.DONE) {
      handle(event, own);
      return null;
    }
    return passed.handleAsync(
        (done, failure) -> {
          if (failure == null) {
            handle(event, own);
          } else {
            refused(event, Steps.cause(failure));
          }
          return null;
        },
        threads);
  }

  private void handle(Event event, @Nullable OwnHandlers own) {
    if (handlers().endedByServer()) {
      return;
    }
    try {
      EventCall handler = own == null ? null : own.handler(event.name());
      if (handler == null) {
        handler = socket.namespace().layers().handler(event.name());
      }
      if (handler != null) {
        run(handler, event);
      }
    } catch (Throwable e) {
      handlers().failed(event.name(), e);
    }
  }

  private void run(EventCall handler, Event event) throws Exception {
    name = event.name();
    startNanos = System.nanoTime();
    handlers().begins(this);
    try {
      handler.handle(socket, event, new EventAck(socket, packet.ackId()));
    } finally {
      handlers().returned();
      socket.endpoint().counters().eventHandled(System.nanoTime() - startNanos);
    }
  }

  private void tell(AnyEventListener listener, Event event) {
    try {
      listener.heard(event.name(), event.arguments());
    } catch (Throwable e) {
      handlers().failed(event.name(), e);
    }
  }

  private void refused(Event event, Throwable cause) {
    socket.endpoint().tell(listener -> listener.eventRefused(socket, event.name(), cause));
  }

  private SocketHandlers handlers() {
    return socket.handlers();
  }
}
