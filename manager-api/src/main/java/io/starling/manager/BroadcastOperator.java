package io.starling.manager;

import io.starling.manager.MissingHost.Reason;
import io.starling.protocol.payload.Arguments;
import io.starling.protocol.payload.EventPayload;
import io.starling.protocol.payload.EventPayloadCodec;
import io.starling.protocol.payload.WireName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Selects sockets of one namespace by their rooms, and then emits to them, queries them or moves
 * them between rooms: {@code to("news").except(id).emit("price", 4.2)}. An operator is immutable:
 * each selecting method returns a new operator, and an operator may be kept and used again. All
 * methods are safe for any thread and never block.
 *
 * <p>Every operation checks and encodes its arguments before it changes anything. It throws {@link
 * IllegalArgumentException} for a value that JSON or the bus cannot carry. The returned stage
 * completes as described in {@link Operation.Performer#perform}.
 */
public final class BroadcastOperator implements Broadcaster {
  /** How long {@link #emitWithAck} and queries wait if {@link #timeout} was not called. */
  public static final Duration DEFAULT_ACK_TIMEOUT = Duration.ofSeconds(10);

  private final Target target;
  private final Recipients recipients;
  private final Set<EmitFlag> flags;
  private final Duration ackTimeout;

  private BroadcastOperator(
      Target target, Recipients recipients, Set<EmitFlag> flags, Duration ackTimeout) {
    this.target = target;
    this.recipients = recipients;
    this.flags = flags;
    this.ackTimeout = ackTimeout;
  }

  /**
   * Returns an operator that addresses every socket of a namespace.
   *
   * @param performer carries out the operations. {@link #emitWithAck} and the queries need a
   *     performer that is a {@link Question.Asker}, too, and throw with any other
   * @throws IllegalArgumentException when the namespace is longer than {@link WireName#MAX_BYTES}
   *     or holds a lone surrogate
   */
  public static BroadcastOperator of(
      Operation.Performer performer, EventPayloadCodec codec, String namespace) {
    Target target =
        new Target(performer, codec, WireName.require("namespace", namespace), Scope.CLUSTER);
    return new BroadcastOperator(target, Recipients.ALL, Set.of(), DEFAULT_ACK_TIMEOUT);
  }

  @Override
  public BroadcastOperator broadcast() {
    return this;
  }

  /**
   * Adds the members of these rooms to the recipients. The first call narrows the recipients from
   * the whole namespace to these rooms. A socket id is also the name of a room, which holds that
   * socket. If every call so far passed an empty collection, the operator addresses nobody.
   */
  @Override
  public BroadcastOperator to(Collection<String> rooms) {
    return with(recipients.to(checked(rooms)));
  }

  /** Excludes the members of these rooms. A socket id is also the name of a room. */
  @Override
  public BroadcastOperator except(Collection<String> rooms) {
    return with(recipients.except(checked(rooms)));
  }

  /** Limits the operation to the clients of this process. An emitter has no clients. */
  @Override
  public BroadcastOperator local() {
    return new BroadcastOperator(target.local(), recipients, flags, ackTimeout);
  }

  /** Makes an emit skip each client whose transport cannot take the event at once. */
  public BroadcastOperator asVolatile() {
    return with(EmitFlag.VOLATILE, true);
  }

  /**
   * Sets whether transports may compress the event. The default is true. It has no effect on a
   * transport whose compression is switched off.
   */
  public BroadcastOperator compress(boolean compress) {
    return with(EmitFlag.UNCOMPRESSED, !compress);
  }

  /**
   * Sets how long {@link #emitWithAck} and queries wait for answers.
   *
   * @param timeout positive
   */
  public BroadcastOperator timeout(Duration timeout) {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout: " + timeout + " (expected: positive)");
    }
    return new BroadcastOperator(target, recipients, flags, timeout);
  }

  /**
   * Sends an event to the recipients.
   *
   * @param arguments anything that JSON can represent, and binary values ({@code byte[]}, {@code
   *     ByteBuffer}) at any depth. They are copied during the call
   */
  public CompletionStage<Accepted> emit(String event, @Nullable Object... arguments) {
    return perform(encode(event, arguments));
  }

  /** Sends an event of the name {@code message}, as {@link #emit} does. */
  public CompletionStage<Accepted> send(@Nullable Object... arguments) {
    return emit("message", arguments);
  }

  /**
   * Sends an event to the recipients and collects their acknowledgements. The stage completes when
   * all recipients have answered or left, or when {@link #timeout(Duration)} has passed. A client
   * whose answer cannot be decoded counts as a client that did not answer.
   *
   * @throws UnsupportedOperationException when this operator belongs to an emitter without replies
   */
  public CompletionStage<AckResponses<Arguments>> emitWithAck(
      String event, @Nullable Object... arguments) {
    return ask(asker("emitWithAck"), new Question.EmitWithAck(encode(event, arguments)))
        .thenApply(responses -> responses.map(target.codec()::decode));
  }

  /**
   * Asks every host for the recipients, their rooms and the data that the application shares of
   * them. The stage completes when all hosts have answered, or when {@link #timeout(Duration)} has
   * passed. A socket whose data cannot be decoded is in the result with null for its data, and its
   * host is also listed as missing, as {@link Reason#INCOMPLETE}.
   *
   * @throws UnsupportedOperationException when this operator belongs to an emitter without replies
   */
  public CompletionStage<HostResponses<List<RemoteSocket<Arguments>>>> fetchSockets() {
    return fetchSockets(EnumSet.allOf(Projection.class));
  }

  /**
   * Does the same as {@link #fetchSockets()}, but fetches only the selected properties of each
   * socket.
   *
   * @param projection the properties to fetch beside the id; an empty set fetches ids only
   * @throws UnsupportedOperationException when this operator belongs to an emitter without replies
   */
  public CompletionStage<HostResponses<List<RemoteSocket<Arguments>>>> fetchSockets(
      Set<Projection> projection) {
    return ask(asker("fetchSockets"), new Question.FetchSockets(recipients, Set.copyOf(projection)))
        .thenApply(this::decode);
  }

  /** Decodes the data of each socket. Data that cannot be decoded become null. */
  private HostResponses<List<RemoteSocket<Arguments>>> decode(
      HostResponses<List<RemoteSocket<EventPayload>>> responses) {
    Map<HostId, MissingHost> missing = new LinkedHashMap<>(responses.missing());
    HostResponses<List<RemoteSocket<Arguments>>> decoded =
        responses.map(
            sockets -> {
              List<RemoteSocket<Arguments>> readable = new ArrayList<>();
              for (RemoteSocket<EventPayload> socket : sockets) {
                try {
                  readable.add(socket.map(target.codec()::decode));
                } catch (RuntimeException e) {
                  readable.add(
                      new RemoteSocket<>(socket.id(), socket.host(), socket.rooms(), null));
                  missing.compute(
                      socket.host(),
                      (host, before) ->
                          (before == null
                                  ? new MissingHost(
                                      Reason.INCOMPLETE, sockets.size(), sockets.size())
                                  : before)
                              .without(1));
                }
              }
              return readable;
            });
    return new HostResponses<>(decoded.answers(), missing);
  }

  /**
   * Asks every host how many of the recipients are its clients. The stage completes when all hosts
   * have answered, or when {@link #timeout(Duration)} has passed.
   *
   * @throws UnsupportedOperationException when this operator belongs to an emitter without replies
   */
  public CompletionStage<HostResponses<Integer>> count() {
    return ask(asker("count"), new Question.Count(recipients));
  }

  /** Puts every recipient into these rooms. */
  public CompletionStage<Accepted> socketsJoin(String... rooms) {
    return perform(new Operation.Join(recipients, Set.copyOf(checked(List.of(rooms)))));
  }

  /** Takes every recipient out of these rooms. A socket cannot leave the room of its own id. */
  public CompletionStage<Accepted> socketsLeave(String... rooms) {
    return perform(new Operation.Leave(recipients, Set.copyOf(checked(List.of(rooms)))));
  }

  /**
   * Disconnects every recipient from the namespace. A recipient first gets everything that was sent
   * to it before.
   *
   * @param close whether to close the client's connection as well, which ends the client's sockets
   *     in all other namespaces
   */
  public CompletionStage<Accepted> disconnectSockets(boolean close) {
    return perform(new Operation.Disconnect(recipients, close));
  }

  private CompletionStage<Accepted> perform(Operation operation) {
    return target.performer().perform(target.namespace(), operation, target.scope());
  }

  private <A> CompletionStage<A> ask(Question.Asker asker, Question<A> question) {
    return asker.ask(target.namespace(), question, target.scope(), ackTimeout);
  }

  private Question.Asker asker(String question) {
    if (target.performer() instanceof Question.Asker asker) {
      return asker;
    }
    throw new UnsupportedOperationException(
        question
            + ": an emitter without replies (expected: a server, or an emitter that was built with"
            + " withReplies())");
  }

  private Operation.Emit encode(String event, @Nullable Object @Nullable [] arguments) {
    // For emit("x", null) Java passes null in place of the array. The caller means one argument.
    EventPayload payload =
        target
            .codec()
            .encodeEvent(
                event,
                arguments == null ? Collections.singletonList(null) : Arrays.asList(arguments));
    return new Operation.Emit(recipients, payload, flags);
  }

  private BroadcastOperator with(Recipients changed) {
    return new BroadcastOperator(target, changed, flags, ackTimeout);
  }

  private BroadcastOperator with(EmitFlag flag, boolean set) {
    Set<EmitFlag> changed = EnumSet.of(flag);
    changed.addAll(flags);
    if (!set) {
      changed.remove(flag);
    }
    return new BroadcastOperator(
        target, recipients, Collections.unmodifiableSet(changed), ackTimeout);
  }

  private static Collection<String> checked(Collection<String> rooms) {
    rooms.forEach(room -> WireName.require("room", room));
    return rooms;
  }

  @Override
  public String toString() {
    return target.namespace() + " " + recipients + " " + flags;
  }

  /** Where the operations go, and how their arguments are encoded. */
  private record Target(
      Operation.Performer performer, EventPayloadCodec codec, String namespace, Scope scope) {
    Target local() {
      return new Target(performer, codec, namespace, Scope.LOCAL);
    }
  }
}
