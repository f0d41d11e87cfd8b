package io.starling.socketio.internal;

import io.starling.manager.HostId;
import io.starling.manager.LocalServer.ServerReply;
import io.starling.manager.MissingHost.Reason;
import io.starling.protocol.payload.Arguments;
import io.starling.protocol.payload.Event;
import io.starling.protocol.payload.EventPayload;
import io.starling.socketio.Ack;
import io.starling.socketio.EventReceiver;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Receives the server events of one namespace, which other hosts sent with {@code serverEmit}, and
 * runs their handlers one after another. Safe for any thread.
 */
final class ServerEvents {
  private final Endpoint endpoint;
  private final String namespace;
  private final Map<String, EventReceiver<Arguments>> handlers = new ConcurrentHashMap<>();
  private final EventQueue queue;

  ServerEvents(Endpoint endpoint, String namespace) {
    this.endpoint = endpoint;
    this.namespace = namespace;
    this.queue = new EventQueue(endpoint.handlers());
  }

  void add(String event, EventReceiver<Arguments> handler) {
    if (handlers.putIfAbsent(event, handler) != null) {
      throw new IllegalArgumentException(
          "server event: " + event + " again (expected: one handler)");
    }
  }

  /**
   * Takes a server event and queues it for its handler. Runs on a thread of the broker client, so
   * no code of the application is called here.
   *
   * @param reply takes the answer; null when the sender wants none
   */
  void received(HostId origin, EventPayload payload, @Nullable ServerReply reply) {
    if (queue.pending() >= endpoint.config().maxPendingEvents()) {
      failed(
          "server event of " + origin,
          new IllegalStateException(
              "server events: too many wait for their handlers (expected: at most "
                  + endpoint.config().maxPendingEvents()
                  + ")"),
          reply);
      return;
    }
    queue.dispatch(() -> handle(payload, reply));
  }

  private void handle(EventPayload payload, @Nullable ServerReply reply) {
    String name = "server event";
    try {
      Event event = endpoint.codec().decodeEvent(payload);
      name = event.name();
      EventReceiver<Arguments> handler = handlers.get(name);
      if (handler != null) {
        handler.handle(event.arguments(), new Reply(endpoint, reply));
      } else if (reply != null) {
        reply.refused(Reason.NO_HANDLER);
      }
    } catch (Throwable e) {
      failed(name, e, reply);
    }
  }

  private void failed(String event, Throwable cause, @Nullable ServerReply reply) {
    if (reply != null) {
      reply.refused(Reason.FAILED);
    }
    endpoint.tell(listener -> listener.serverEventFailed(namespace, event, cause));
  }

  /** The ack of one server event, whose answer goes back to the host that sent the event. */
  private static final class Reply implements Ack {
    private final Endpoint endpoint;
    private final @Nullable ServerReply reply;
    private final AtomicBoolean sent = new AtomicBoolean();

    Reply(Endpoint endpoint, @Nullable ServerReply reply) {
      this.endpoint = endpoint;
      this.reply = reply;
    }

    @Override
    public boolean expected() {
      return reply != null;
    }

    @Override
    public void send(@Nullable Object... arguments) {
      EventPayload answer = endpoint.hostCodec().encodeArguments(DefaultSocket.list(arguments));
      if (!sent.compareAndSet(false, true)) {
        throw new IllegalStateException("reply: sent before (expected: once)");
      }
      if (reply != null) {
        reply.answered(answer);
      }
    }
  }
}
