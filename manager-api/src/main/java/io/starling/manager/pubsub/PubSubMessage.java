package io.starling.manager.pubsub;

import io.starling.manager.EmitFlag;
import io.starling.manager.HostId;
import io.starling.manager.Recipients;
import io.starling.manager.RemoteSocket;
import io.starling.manager.SocketId;
import io.starling.protocol.payload.EventPayload;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The messages of the bus protocol. docs/bus-protocol.md, section "Messages", defines the layout of
 * each. {@link MessageCodec} encodes and decodes them.
 */
sealed interface PubSubMessage {
  /**
   * A host has started or is connected again. Each host that hears it answers with a heartbeat.
   *
   * @param release the version of the software, for people
   * @param ageMillis how long the host has run
   */
  record Hello(String release, long ageMillis) implements PubSubMessage {}

  /**
   * A host is alive.
   *
   * @param lastSeq the number of the last message that the host sent to all
   * @param release as in {@link Hello}
   * @param ageMillis as in {@link Hello}
   * @param heard the hosts that the sender heard in the last 6 s; null when the sender does not
   *     tell, as older releases do
   * @param departed what the sender heard of other origins, above all of those that left. Null
   *     except in the answer to a hello.
   */
  record Heartbeat(
      long lastSeq,
      String release,
      long ageMillis,
      @Nullable Set<HostId> heard,
      @Nullable List<Departed> departed)
      implements PubSubMessage {
    /** Returns the same heartbeat with this value of {@code departed}. */
    Heartbeat naming(List<Departed> origins) {
      return new Heartbeat(lastSeq, release, ageMillis, heard, origins);
    }
  }

  /**
   * An origin, and which of its messages the sender of the heartbeat heard.
   *
   * @param lastSeq the number of the last message that the origin sent to all, except its goodbye
   * @param firstSeq the number of the first message that the sender heard or should have heard
   */
  record Departed(HostId origin, long lastSeq, long firstSeq) {
    Departed(HostId origin, long lastSeq) {
      this(origin, lastSeq, 1);
    }
  }

  /**
   * A host or an emitter stops.
   *
   * @param lastSeq the number of the last message to all before this one; −1 when the sender does
   *     not tell, as older releases do
   */
  record Bye(long lastSeq) implements PubSubMessage {}

  /**
   * An event for clients.
   *
   * @param number the number of the emit on its origin; origin and number together identify the
   *     emit
   * @param replyTo null when no acks are wanted
   */
  record Emit(
      String namespace,
      Recipients recipients,
      Set<EmitFlag> flags,
      long number,
      @Nullable ReplyTo replyTo,
      EventPayload payload)
      implements PubSubMessage {}

  /**
   * The address for the answers to a question.
   *
   * @param request the number of the request on the host that asks
   * @param channel the inbox of the host that asks
   * @param timeoutMillis how long that host waits for the answers
   */
  record ReplyTo(long request, String channel, int timeoutMillis) {}

  /** Tells how many clients a host asked for an ack. */
  record AckCount(long request, int count) implements PubSubMessage {}

  /**
   * The ack of one client.
   *
   * @param answer null when the client left or did not answer in time
   */
  record Ack(long request, SocketId socket, @Nullable EventPayload answer)
      implements PubSubMessage {}

  record Join(String namespace, Recipients recipients, Set<String> rooms)
      implements PubSubMessage {}

  record Leave(String namespace, Recipients recipients, Set<String> rooms)
      implements PubSubMessage {}

  record CloseRoom(String namespace, String room) implements PubSubMessage {}

  record Disconnect(String namespace, Recipients recipients, boolean closeTransport)
      implements PubSubMessage {}

  /**
   * Asks each host for its sockets among the recipients.
   *
   * @param projection 0 asks only for the number of sockets; else bit 0 asks for the ids and the
   *     bits of {@link io.starling.manager.Projection} for more
   */
  record Query(String namespace, Recipients recipients, int projection, ReplyTo replyTo)
      implements PubSubMessage {}

  /**
   * A part of the answer of one host to a query.
   *
   * @param count how many sockets the host has in all parts together
   * @param part the index of this part, from 0
   * @param parts how many parts there are; 0 when the host cannot answer
   */
  record QueryResult(
      long request, int count, int part, int parts, List<RemoteSocket<EventPayload>> sockets)
      implements PubSubMessage {}

  /**
   * An event for the servers of all other hosts.
   *
   * @param replyTo null when no answers are wanted
   */
  record ServerEvent(String namespace, @Nullable ReplyTo replyTo, EventPayload payload)
      implements PubSubMessage {}

  /**
   * The answer of one server to a {@link ServerEvent}.
   *
   * @param status 0 answered, 1 no handler, 2 failed
   * @param answer null unless the status is 0
   */
  record ServerEventResult(long request, int status, @Nullable EventPayload answer)
      implements PubSubMessage {}

  /** Asks an origin to repeat its messages with these numbers, both ends included. */
  record Nack(long from, long to) implements PubSubMessage {}

  /** Tells that the sender no longer has its messages with these numbers, both ends included. */
  record Gone(long from, long to) implements PubSubMessage {}
}
