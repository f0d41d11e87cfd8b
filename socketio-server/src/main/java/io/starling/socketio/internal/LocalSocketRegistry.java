package io.starling.socketio.internal;

import io.starling.engineio.OutboundMessage;
import io.starling.manager.HostId;
import io.starling.manager.LocalServer;
import io.starling.manager.LocalSocket;
import io.starling.manager.MissingHost;
import io.starling.manager.Operation;
import io.starling.manager.Rooms;
import io.starling.protocol.payload.EventPayload;
import io.starling.protocol.socketio.SocketIoPacket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives the client manager access to the sockets of this process. A message to many sockets is
 * encoded once. Safe for any thread.
 */
final class LocalSocketRegistry implements LocalServer {
  private final Namespaces namespaces;
  private final Endpoint endpoint;

  LocalSocketRegistry(Namespaces namespaces) {
    this.namespaces = namespaces;
    this.endpoint = namespaces.endpoint();
  }

  @Override
  public @Nullable Rooms rooms(String namespace) {
    DefaultNamespace known = namespaces.find(namespace);
    return known == null ? null : known.rooms();
  }

  @Override
  public void send(
      String namespace, Iterable<? extends LocalSocket> recipients, Operation.Emit emit) {
    if (recipients.iterator().hasNext()) {
      endpoint.counters().emitted();
      endpoint.engine().send(ours(recipients), message(namespace, SocketIoPacket.NO_ACK, emit));
    }
  }

  @Override
  public int sendExpectingAck(
      String namespace,
      Iterable<? extends LocalSocket> recipients,
      Operation.Emit emit,
      Duration timeout,
      AckCollector collector) {
    List<DefaultSocket> asked = new ArrayList<>();
    ours(recipients).forEach(asked::add);
    if (!asked.isEmpty()) {
      endpoint.counters().emitted();
      long id = asked.get(0).namespace().nextAckId();
      AckRequest request = new AckRequest(id, asked, collector);
      request.expect();
      endpoint.engine().send(asked, message(namespace, id, emit));
      request.expireBy(endpoint.deadlines(), timeout);
    }
    return asked.size();
  }

  @Override
  public void disconnect(
      String namespace, Iterable<? extends LocalSocket> recipients, boolean closeTransport) {
    for (DefaultSocket socket : ours(recipients)) {
      socket.disconnect(closeTransport);
    }
  }

  @Override
  public long backlogBytes() {
    return endpoint.engine().backlogBytes();
  }

  @Override
  public void serverEvent(
      String namespace, HostId origin, EventPayload event, @Nullable ServerReply reply) {
    DefaultNamespace known = namespaces.find(namespace);
    if (known != null) {
      known.serverEvents().received(origin, event, reply);
    } else if (reply != null) {
      reply.refused(MissingHost.Reason.NO_HANDLER);
    }
  }

  private static OutboundMessage message(String namespace, long ackId, Operation.Emit emit) {
    return Outbound.of(new SocketIoPacket.Event(namespace, ackId, emit.event()), emit.flags());
  }

  /**
   * Casts sockets that came from the rooms of this server. These rooms hold only sockets that this
   * server created, which are of type {@link DefaultSocket}.
   */
  @SuppressWarnings("unchecked")
  static Iterable<DefaultSocket> ours(Iterable<? extends LocalSocket> recipients) {
    return (Iterable<DefaultSocket>) (Iterable<?>) recipients;
  }
}
