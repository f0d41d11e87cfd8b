package io.starling.emitter;

import io.starling.manager.Accepted;
import io.starling.manager.AckResponses;
import io.starling.manager.AckTimeoutException;
import io.starling.manager.BroadcastOperator;
import io.starling.manager.Everybody;
import io.starling.manager.HostId;
import io.starling.manager.HostResponses;
import io.starling.manager.ManagerException;
import io.starling.manager.Operation;
import io.starling.manager.Question;
import io.starling.manager.Scope;
import io.starling.manager.SocketId;
import io.starling.protocol.payload.Arguments;
import io.starling.protocol.payload.EventPayloadCodec;
import io.starling.protocol.payload.WireName;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One namespace of the cluster, as an {@link Emitter} sees it. Every method may be called on any
 * thread. Only {@link #call} blocks.
 *
 * <p>The methods that wait for answers need an emitter that was built with {@link
 * Emitter.Builder#withReplies()}. With another emitter they throw {@link
 * UnsupportedOperationException}.
 */
public final class EmitterNamespace implements Everybody {
  private final Operation.Performer performer;
  private final Question.@Nullable Asker asker;
  private final HostId self;
  private final EventPayloadCodec codec;
  private final String name;
  private final BroadcastOperator everybody;

  /**
   * Makes a view of a namespace.
   *
   * @param asker asks the hosts; null for an emitter without replies
   * @param self the id of the emitter, which names the origin of server events
   */
  EmitterNamespace(
      Operation.Performer performer,
      Question.@Nullable Asker asker,
      HostId self,
      EventPayloadCodec codec,
      String name) {
    this.performer = performer;
    this.asker = asker;
    this.self = self;
    this.codec = codec;
    this.name = WireName.require("namespace", name);
    this.everybody = BroadcastOperator.of(performer, codec, name);
  }

  @Override
  public BroadcastOperator broadcast() {
    return everybody;
  }

  /** Takes all members out of a room. */
  public CompletionStage<Accepted> closeRoom(String room) {
    return performer.perform(
        name, new Operation.CloseRoom(WireName.require("room", room)), Scope.CLUSTER);
  }

  /**
   * Sends an event to this namespace on all hosts. The event is not for clients: the servers handle
   * it, with the handlers that they set by {@code onServerEvent}. It keeps its order among emits.
   */
  public CompletionStage<Accepted> serverEmit(String event, @Nullable Object... arguments) {
    return performer.perform(name, serverEvent(event, arguments), Scope.CLUSTER);
  }

  /**
   * Sends an event to this namespace on all hosts and gathers the replies of the servers. A host
   * without a handler for the event, or whose handler throws, counts as missing at once.
   *
   * @param timeout how long to wait for replies; positive. When the time is over, the result holds
   *     the replies that have come by then
   * @throws UnsupportedOperationException when the emitter has no replies
   */
  public CompletionStage<HostResponses<Arguments>> serverEmitWithReply(
      Duration timeout, String event, @Nullable Object... arguments) {
    Question.Asker asks = asker("serverEmitWithReply");
    return asks.ask(
            name,
            new Question.ServerEventWithReply(serverEvent(event, arguments)),
            Scope.CLUSTER,
            positive(timeout))
        .thenApply(replies -> replies.map(codec::decode));
  }

  /**
   * Asks all hosts which of them a socket is connected to.
   *
   * @param timeout how long to wait for answers; positive
   * @return completes with the host that has the socket, as soon as that host answers. Completes
   *     with an empty optional when no host that answered in time has the socket. Fails with {@link
   *     io.starling.manager.BackendUnavailableException} when it is not known which hosts there are
   * @throws UnsupportedOperationException when the emitter has no replies
   */
  public CompletionStage<Optional<HostId>> find(SocketId socket, Duration timeout) {
    return asker("find").ask(name, new Question.Find(socket), Scope.CLUSTER, positive(timeout));
  }

  /**
   * Sends an event to one client and blocks until its ack has come. Do not call this method on the
   * only thread of the executor that was given to {@link Emitter.Builder#callbacks}.
   *
   * @param timeout how long to wait for the ack; positive
   * @return the arguments of the ack
   * @throws AckTimeoutException when no ack comes in time or the client leaves meanwhile; at once
   *     when the broker says that no host received the event
   * @throws ManagerException when all hosts have answered and none of them has the client, or when
   *     the broker does not take the event
   * @throws UnsupportedOperationException when the emitter has no replies
   */
  // NullAway takes the varargs of another module for an array without nulls.
  @SuppressWarnings("NullAway")
  public Arguments call(
      SocketId socket, Duration timeout, String event, @Nullable Object... arguments)
      throws InterruptedException {
    AckResponses<Arguments> responses =
        get(to(socket.value()).timeout(timeout).emitWithAck(event, arguments));
    Arguments answer = responses.answers().get(socket);
    if (answer != null) {
      return answer;
    }
    if (responses.complete()) {
      throw new ManagerException("socket: " + socket + " (expected: one that a host has)");
    }
    throw new AckTimeoutException(socket, timeout);
  }

  private static <T> T get(CompletionStage<T> stage) throws InterruptedException {
    try {
      return stage.toCompletableFuture().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ManagerException reason) {
        throw reason;
      }
      throw new CompletionException(e.getCause());
    }
  }

  private Operation.ServerEvent serverEvent(String event, @Nullable Object @Nullable [] arguments) {
    // For serverEmit("x", null) Java passes null in place of the array. The caller means one
    // argument.
    return new Operation.ServerEvent(
        self,
        codec.encodeEvent(
            event, arguments == null ? Collections.singletonList(null) : Arrays.asList(arguments)));
  }

  private Question.Asker asker(String method) {
    if (asker == null) {
      throw withoutReplies(method);
    }
    return asker;
  }

  static UnsupportedOperationException withoutReplies(String method) {
    return new UnsupportedOperationException(
        method + ": an emitter without replies (expected: one that was built with withReplies())");
  }

  static Duration positive(Duration timeout) {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout: " + timeout + " (expected: positive)");
    }
    return timeout;
  }
}
