package io.starling.manager.pubsub;

import io.starling.manager.EmitFlag;
import io.starling.manager.HostId;
import io.starling.manager.Recipients;
import io.starling.manager.RemoteSocket;
import io.starling.manager.SocketId;
import io.starling.manager.protocol.EventPayload;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one host says to others; docs/bus-protocol.md has the layout of each. */
sealed interface PubSubMessage {
  /**
   * A host has started, or is connected again; it is answered with a heartbeat.
   *
   * @param release of the software, for people
   * @param ageMillis how long the host has run
   */
  record Hello(String release, long ageMillis) implements PubSubMessage {}

  /**
   * A host is alive.
   *
   * @param lastSeq the number of its last message to all; what follows it will be heard by whoever
   *     said hello before
   * @param heard the hosts that the sender heard lately; null when the sender says nothing of it,
   *     as older releases do
   * @param departed the origins that the sender heard lately, most of all those that left; null but
   *     in answers to hello
   */
  record Heartbeat(
      long lastSeq,
      String release,
      long ageMillis,
      @Nullable Set<HostId> heard,
      @Nullable List<Departed> departed)
      implements PubSubMessage {
    /** The same with what was heard of other origins. */
    Heartbeat naming(List<Departed> origins) {
      return new Heartbeat(lastSeq, release, ageMillis, heard, origins);
    }
  }

  /**
   * An origin and what the sender heard of it.
   *
   * @param lastSeq the number of its last message to all, but for its goodbye
   * @param firstSeq the number of the first message that the sender heard or is owed
   */
  record Departed(HostId origin, long lastSeq, long firstSeq) {
    Departed(HostId origin, long lastSeq) {
      this(origin, lastSeq, 1);
    }
  }

  /**
   * A host or an emitter stops.
   *
   * @param lastSeq the number of its last message to all before this one; −1 when the host does not
   *     say, as older releases do
   */
  record Bye(long lastSeq) implements PubSubMessage {}

  /**
   * An event for clients.
   *
   * @param number of the emit on its origin, for recovery
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

  /** Where the acks of an emit go, and for how long. */
  record ReplyTo(long request, String channel, int timeoutMillis) {}

  /** How many clients a host asked. */
  record AckCount(long request, int count) implements PubSubMessage {}

  /**
   * What one client answered.
   *
   * @param answer null when it left or did not answer in time
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
   * @param projection bit 0 for their ids, and the bits of what else is wanted; 0 for their number
   */
  record Query(String namespace, Recipients recipients, int projection, ReplyTo replyTo)
      implements PubSubMessage {}

  /**
   * A part of a host's answer.
   *
   * @param count how many sockets the host has in all parts
   * @param part from 0
   * @param parts how many there are; 0 when the host cannot answer
   */
  record QueryResult(
      long request, int count, int part, int parts, List<RemoteSocket<EventPayload>> sockets)
      implements PubSubMessage {}

  /** An event for the servers of all other hosts. */
  record ServerEvent(String namespace, @Nullable ReplyTo replyTo, EventPayload payload)
      implements PubSubMessage {}

  /**
   * What a server answered to an event.
   *
   * @param status 0 answered, 1 no handler, 2 failed
   * @param answer null unless answered
   */
  record ServerEventResult(long request, int status, @Nullable EventPayload answer)
      implements PubSubMessage {}

  /** Asks an origin for its messages with these numbers again, both included. */
  record Nack(long from, long to) implements PubSubMessage {}

  /** An origin does not have these any more, both included. */
  record Gone(long from, long to) implements PubSubMessage {}
}
