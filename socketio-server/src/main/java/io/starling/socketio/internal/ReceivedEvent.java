package io.starling.socketio.internal;

import io.starling.manager.protocol.Event;
import io.starling.socketio.AnyEventListener;
import io.starling.socketio.protocol.SocketIoPacket;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** One event on its way through listeners and middlewares to its handler, on handler threads. */
final class ReceivedEvent implements HandlerDispatcher.Task {
  private final DefaultSocket socket;
  private final SocketIoPacket.Event packet;
  private final Intake intake;

  // Of its handler, once that runs.
  private String name = "";
  private long startNanos;

  ReceivedEvent(DefaultSocket socket, SocketIoPacket.Event packet, Intake intake) {
    this.socket = socket;
    this.packet = packet;
    this.intake = intake;
  }

  /** The name of the event. */
  String name() {
    return name;
  }

  String namespace() {
    return socket.namespace().name();
  }

  /** When its handler began. */
  long startNanos() {
    return startNanos;
  }

  @Override
  public @Nullable CompletionStage<?> run() {
    // This event is one of those that are pending.
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
