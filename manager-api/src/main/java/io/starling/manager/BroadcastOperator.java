package io.starling.manager;

import io.starling.manager.MissingHost.Reason;
import io.starling.manager.protocol.Arguments;
import io.starling.manager.protocol.EventPayload;
import io.starling.manager.protocol.EventPayloadCodec;
import io.starling.manager.protocol.WireName;
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
 * Whom an operation is for and how it is delivered, built up step by step: {@code
 * to("news").except(id).emit("price", 4.2)}. Immutable: each step gives a new operator, and one may
 * be kept and used often. Safe for any thread, never blocks.
 *
 * <p>Every terminal operation checks and encodes everything before it changes anything, and throws
 * {@link IllegalArgumentException} for what the wire cannot carry. Its stage completes as {@link
 * ClusterOperations} says.
 */
public final class BroadcastOperator {
  /** How long {@link #emitWithAck} and queries wait unless told otherwise. */
  public static final Duration DEFAULT_ACK_TIMEOUT = Duration.ofSeconds(10);

  private final Origin origin;
  private final Recipients recipients;
  private final Set<EmitFlag> flags;
  private final Duration ackTimeout;

  private BroadcastOperator(
      Origin origin, Recipients recipients, Set<EmitFlag> flags, Duration ackTimeout) {
    this.origin = origin;
    this.recipients = recipients;
    this.flags = flags;
    this.ackTimeout = ackTimeout;
  }

  /**
   * Addresses everybody in a namespace.
   *
   * @param operations a {@link ClientManager} where {@link #emitWithAck} is wanted
   */
  public static BroadcastOperator of(
      ClusterOperations operations, EventPayloadCodec codec, String namespace) {
    Origin origin = new Origin(operations, codec, WireName.require("namespace", namespace));
    return new BroadcastOperator(origin, Recipients.ALL, Set.of(), DEFAULT_ACK_TIMEOUT);
  }

  /**
   * Adds the members of these rooms; a socket's id is a room. The first call replaces everybody.
   */
  public BroadcastOperator to(String... rooms) {
    return to(List.of(rooms));
  }

  /** As {@link #to(String...)}; an empty collection alone addresses nobody. */
  public BroadcastOperator to(Collection<String> rooms) {
    return with(recipients.to(checked(rooms)));
  }

  /** The same as {@link #to(String...)}. */
  public BroadcastOperator in(String... rooms) {
    return to(rooms);
  }

  /** Leaves out the members of these rooms; a socket's id is a room. */
  public BroadcastOperator except(String... rooms) {
    return except(List.of(rooms));
  }

  /** As {@link #except(String...)}. */
  public BroadcastOperator except(Collection<String> rooms) {
    return with(recipients.except(checked(rooms)));
  }

  /** Only for the clients of this process. An emitter has none. */
  public BroadcastOperator local() {
    return with(EmitFlag.LOCAL, true);
  }

  /** An emit is dropped for each client whose transport cannot take it at once. */
  public BroadcastOperator asVolatile() {
    return with(EmitFlag.VOLATILE, true);
  }

  /** Whether a transport that compresses may do so; true unless told otherwise. */
  public BroadcastOperator compress(boolean compress) {
    return with(EmitFlag.UNCOMPRESSED, !compress);
  }

  /**
   * How long {@link #emitWithAck} and queries wait.
   *
   * @param timeout positive
   */
  public BroadcastOperator timeout(Duration timeout) {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout: " + timeout + " (expected: positive)");
    }
    return new BroadcastOperator(origin, recipients, flags, timeout);
  }

  /**
   * Sends an event.
   *
   * @param arguments anything that JSON can represent, and binary values ({@code byte[]}, {@code
   *     ByteBuffer}) at any depth; read during the call only
   */
  public CompletionStage<Accepted> emit(String event, @Nullable Object... arguments) {
    EventPayload payload = encode(event, arguments);
    return origin.operations().emit(origin.namespace(), recipients, payload, flags);
  }

  /** The same as {@link #emit} with the event {@code message}. */
  public CompletionStage<Accepted> send(@Nullable Object... arguments) {
    return emit("message", arguments);
  }

  /**
   * Sends an event and gathers what the clients acknowledge, until all have or {@link
   * #timeout(Duration)} is over. A client whose answer cannot be read counts as one that did not
   * answer.
   *
   * @throws UnsupportedOperationException from an emitter, which nobody can answer
   */
  public CompletionStage<AckResponses<Arguments>> emitWithAck(
      String event, @Nullable Object... arguments) {
    ClientManager manager = manager("emitWithAck");
    EventPayload payload = encode(event, arguments);
    return manager
        .emitWithAck(origin.namespace(), recipients, payload, flags, ackTimeout)
        .thenApply(responses -> responses.map(origin.codec()::decode));
  }

  /**
   * Asks every host for the recipients, with their rooms and what the application shares of them.
   * Waits as long as {@link #emitWithAck}. A socket whose data cannot be read is there without
   * them, and its host is listed as {@link Reason#INCOMPLETE}, too.
   *
   * @throws UnsupportedOperationException from an emitter, which nobody can answer
   */
  public CompletionStage<HostResponses<List<RemoteSocket<Arguments>>>> fetchSockets() {
    return fetchSockets(EnumSet.allOf(Projection.class));
  }

  /**
   * As {@link #fetchSockets()}, with nothing beside their ids but this.
   *
   * @param projection may be empty
   */
  public CompletionStage<HostResponses<List<RemoteSocket<Arguments>>>> fetchSockets(
      Set<Projection> projection) {
    return manager("fetchSockets")
        .fetchSockets(origin.namespace(), recipients, Set.copyOf(projection), flags, ackTimeout)
        .thenApply(this::decode);
  }

  /** Data that cannot be read costs neither its socket nor the others. */
  private HostResponses<List<RemoteSocket<Arguments>>> decode(
      HostResponses<List<RemoteSocket<EventPayload>>> responses) {
    Map<HostId, MissingHost> missing = new LinkedHashMap<>(responses.missing());
    HostResponses<List<RemoteSocket<Arguments>>> decoded =
        responses.map(
            sockets -> {
              List<RemoteSocket<Arguments>> readable = new ArrayList<>();
              for (RemoteSocket<EventPayload> socket : sockets) {
                try {
                  readable.add(socket.map(origin.codec()::decode));
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
   * Asks every host how many of the recipients it has: for one room, which hosts serve it. Waits as
   * long as {@link #emitWithAck}.
   *
   * @throws UnsupportedOperationException from an emitter, which nobody can answer
   */
  public CompletionStage<HostResponses<Integer>> count() {
    return manager("count").count(origin.namespace(), recipients, flags, ackTimeout);
  }

  /** Puts every recipient into these rooms. */
  public CompletionStage<Accepted> socketsJoin(String... rooms) {
    List<String> checked = List.copyOf(checked(List.of(rooms)));
    return origin.operations().socketsJoin(origin.namespace(), recipients, checked, flags);
  }

  /** Takes every recipient out of these rooms; none can leave the room of its own id. */
  public CompletionStage<Accepted> socketsLeave(String... rooms) {
    List<String> checked = List.copyOf(checked(List.of(rooms)));
    return origin.operations().socketsLeave(origin.namespace(), recipients, checked, flags);
  }

  /**
   * Disconnects every recipient from the namespace, after everything that was sent to it before.
   *
   * @param close also ends the connection below, and with it all its namespaces
   */
  public CompletionStage<Accepted> disconnectSockets(boolean close) {
    return origin.operations().disconnectSockets(origin.namespace(), recipients, close, flags);
  }

  private ClientManager manager(String operation) {
    if (origin.operations() instanceof ClientManager manager) {
      return manager;
    }
    throw new UnsupportedOperationException(operation + ": an emitter (expected: a server)");
  }

  private EventPayload encode(String event, @Nullable Object @Nullable [] arguments) {
    // emit("x", null) reaches us as no array at all; it means one argument that is null.
    return origin
        .codec()
        .encodeEvent(
            event, arguments == null ? Collections.singletonList(null) : Arrays.asList(arguments));
  }

  private BroadcastOperator with(Recipients changed) {
    return new BroadcastOperator(origin, changed, flags, ackTimeout);
  }

  private BroadcastOperator with(EmitFlag flag, boolean set) {
    Set<EmitFlag> changed = EnumSet.of(flag);
    changed.addAll(flags);
    if (!set) {
      changed.remove(flag);
    }
    return new BroadcastOperator(
        origin, recipients, Collections.unmodifiableSet(changed), ackTimeout);
  }

  private static Collection<String> checked(Collection<String> rooms) {
    rooms.forEach(room -> WireName.require("room", room));
    return rooms;
  }

  @Override
  public String toString() {
    return origin.namespace() + " " + recipients + " " + flags;
  }

  /** What every step keeps. */
  private record Origin(ClusterOperations operations, EventPayloadCodec codec, String namespace) {}
}
