package io.starling.manager.pubsub;

import io.starling.manager.HostId;
import io.starling.manager.Operation;
import io.starling.manager.Question;
import io.starling.manager.local.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
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
  record Departed(HostId origin, long lastSeq, long firstSeq) {}

  /**
   * A host or an emitter stops.
   *
   * @param lastSeq the number of the last message to all before this one; −1 when the sender does
   *     not tell, as older releases do
   */
  record Bye(long lastSeq) implements PubSubMessage {}

  /**
   * An operation on sockets, or an event for the servers of all other hosts.
   *
   * @param number the number of an emit on its origin; origin and number together identify the
   *     emit. 0 for other operations
   */
  record Perform(String namespace, Operation operation, long number) implements PubSubMessage {}

  /**
   * A question to all hosts.
   *
   * @param number as in {@link Perform}
   */
  record Ask(String namespace, Question<?> question, long number, ReplyTo replyTo)
      implements PubSubMessage {}

  /**
   * The address for the answers to a question.
   *
   * @param request the number of the question on the host that asks
   * @param channel the inbox of the host or emitter that asks
   * @param timeoutMillis how long that host waits for the answers
   */
  record ReplyTo(long request, String channel, int timeoutMillis) {
    /** Makes an address; a time-out of more than 24 days is shortened to that. */
    static ReplyTo of(long request, String channel, Duration timeout) {
      long millis = TimeUnit.MILLISECONDS.convert(timeout);
      return new ReplyTo(request, channel, (int) Math.min(millis, Integer.MAX_VALUE));
    }
  }

  /** An answer to a question, or a part of it. */
  record Reply(long request, Answer answer) implements PubSubMessage {}

  /** Asks an origin to repeat its messages with these numbers, both ends included. */
  record Nack(long from, long to) implements PubSubMessage {}

  /** Tells that the sender no longer has its messages with these numbers, both ends included. */
  record Gone(long from, long to) implements PubSubMessage {}
}
