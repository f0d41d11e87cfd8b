package io.starling.manager.pubsub;

import io.starling.manager.HostId;
import io.starling.manager.LocalServer;
import io.starling.manager.LocalSocket;
import io.starling.manager.Operation;
import io.starling.manager.Rooms;
import io.starling.protocol.payload.EventPayload;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A server without clients: keeps what they would get, and is as busy as the test says. */
final class FakeSockets implements LocalServer {
  /** Who is in which room, whatever the namespace. */
  final Rooms rooms = new Rooms();

  /** The JSON of what was sent, in its order. */
  final List<String> received = new ArrayList<>();

  /** The JSON of what was sent and is to be acknowledged. */
  final List<String> askedFor = new ArrayList<>();

  final List<AckCollector> collectors = new ArrayList<>();
  final List<String> serverEvents = new ArrayList<>();
  final List<ServerReply> replies = new ArrayList<>();

  /** What the next questions for the backlog are answered with; 0 when nothing is left. */
  final Queue<Long> backlog = new ArrayDeque<>();

  /** An event or an answer. */
  static EventPayload payload(String json) {
    return new EventPayload(ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8)), List.of());
  }

  static String text(EventPayload payload) {
    return StandardCharsets.UTF_8.decode(payload.json().duplicate()).toString();
  }

  @Override
  public Rooms rooms(String namespace) {
    return rooms;
  }

  @Override
  public void send(
      String namespace, Iterable<? extends LocalSocket> recipients, Operation.Emit emit) {
    received.add(text(emit.event()));
  }

  @Override
  public int sendExpectingAck(
      String namespace,
      Iterable<? extends LocalSocket> recipients,
      Operation.Emit emit,
      Duration timeout,
      AckCollector collector) {
    askedFor.add(text(emit.event()));
    collectors.add(collector);
    return 1;
  }

  @Override
  public void disconnect(
      String namespace, Iterable<? extends LocalSocket> recipients, boolean closeTransport) {}

  @Override
  public long backlogBytes() {
    Long next = backlog.poll();
    return next == null ? 0 : next;
  }

  @Override
  public void serverEvent(
      String namespace, HostId origin, EventPayload event, @Nullable ServerReply reply) {
    serverEvents.add(text(event));
    if (reply != null) {
      replies.add(reply);
    }
  }
}
