package io.starling.socketio.internal;

import io.starling.protocol.payload.Event;
import io.starling.protocol.socketio.SocketIoPacket;
import io.starling.socketio.AnyEventHandler;
import io.starling.socketio.EventHandler;
import io.starling.socketio.internal.Handlers.Kind;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One event that a client sent, on its way to its handler. On a handler thread, it passes the
 * listeners of {@code onAny} and the middlewares of the socket first.
 */
final class ReceivedEvent implements EventQueue.Task {
  private final DefaultSocket socket;
  private final SocketIoPacket.Event packet;
  private final Intake intake;

  // Set on the handler thread just before the handler runs. Other threads reach these fields only
  // through DefaultSocket.running(), whose volatile field publishes them.
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
    intake.taken(packet.payload(), socket.queue().pending() - 1);
    if (socket.life().endedByServer()) {
      return null;
    }
    Event event;
    try {
      event = socket.endpoint().codec().decodeEvent(packet.payload());
    } catch (Throwable e) {
      socket.failed("event", e);
      return null;
    }
    Handlers own = socket.own();
    if (own == null) {
      handle(event);
      return null;
    }
    own.here(Kind.LISTENER).forEach(listener -> tell(listener, event));
    return checked(event, own);
  }

  private @Nullable CompletionStage<?> checked(Event event, Handlers own) {
    Executor threads = socket.endpoint().handlers();
    CompletionStage<?> passed =
        Steps.inOrder(
            own.here(Kind.EVENT_MIDDLEWARE).iterator(),
            middleware -> middleware.check(event.name(), event.arguments()),
            threads);
    if (passed == Steps.DONE) {
      handle(event);
      return null;
    }
    return passed.handleAsync(
        (done, failure) -> {
          if (failure == null) {
            handle(event);
          } else {
            refused(event, Steps.cause(failure));
          }
          return null;
        },
        threads);
  }

  private void handle(Event event) {
    if (socket.life().endedByServer()) {
      return;
    }
    EventHandler<Event> handler = socket.handlers().handler(event.name());
    if (handler == null) {
      return;
    }
    name = event.name();
    startNanos = System.nanoTime();
    socket.handles(this);
    try {
      handler.handle(socket, event, new EventAck(socket, packet.ackId()));
    } catch (Throwable e) {
      socket.failed(event.name(), e);
    } finally {
      socket.handles(null);
      socket.endpoint().counters().eventHandled(System.nanoTime() - startNanos);
    }
  }

  private void tell(AnyEventHandler listener, Event event) {
    try {
      listener.handle(event.name(), event.arguments());
    } catch (Throwable e) {
      socket.failed(event.name(), e);
    }
  }

  private void refused(Event event, Throwable cause) {
    socket.endpoint().tell(listener -> listener.eventRefused(socket, event.name(), cause));
  }
}
