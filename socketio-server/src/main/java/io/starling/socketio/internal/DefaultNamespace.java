package io.starling.socketio.internal;

import io.starling.manager.Accepted;
import io.starling.manager.BroadcastOperator;
import io.starling.manager.HostId;
import io.starling.manager.HostResponses;
import io.starling.manager.Operation;
import io.starling.manager.Question;
import io.starling.manager.Recipients;
import io.starling.manager.Rooms;
import io.starling.manager.Scope;
import io.starling.manager.SocketId;
import io.starling.protocol.payload.Arguments;
import io.starling.protocol.payload.WireName;
import io.starling.socketio.EventReceiver;
import io.starling.socketio.Namespace;
import io.starling.socketio.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The implementation of {@link Namespace}: the handlers of one namespace and its sockets in this
 * process. Safe for any thread.
 */
final class DefaultNamespace implements Namespace, Registration<Namespace> {
  private final Endpoint endpoint;
  private final String name;
  private final BroadcastOperator everybody;
  private final ServerEvents serverEvents;
  private final Handlers handlers;
  private final Rooms rooms = new Rooms();
  private final AtomicLong ackIds = new AtomicLong();

  /**
   * Creates a namespace.
   *
   * @param inherited the handlers of the pattern or predicate that the name of the namespace
   *     matches; those of any namespace if there is none
   */
  DefaultNamespace(Endpoint endpoint, String name, Handlers inherited) {
    this.endpoint = endpoint;
    this.name = name;
    this.handlers = new Handlers(inherited);
    this.serverEvents = new ServerEvents(endpoint, name);
    this.everybody = endpoint.broadcast(name);
  }

  Endpoint endpoint() {
    return endpoint;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Handlers handlers() {
    return handlers;
  }

  @Override
  public BroadcastOperator broadcast() {
    return everybody;
  }

  @Override
  public CompletionStage<Accepted> closeRoom(String room) {
    return perform(new Operation.CloseRoom(WireName.require("room", room)));
  }

  @Override
  public CompletionStage<Optional<HostId>> find(SocketId socket) {
    return ask(new Question.Find(socket), endpoint.config().ackTimeout());
  }

  @Override
  public Namespace onServerEvent(String event, EventReceiver<Arguments> handler) {
    serverEvents.add(WireName.requireEvent(event), handler);
    return this;
  }

  @Override
  public CompletionStage<Accepted> serverEmit(String event, @Nullable Object... arguments) {
    return perform(serverEvent(event, arguments));
  }

  @Override
  public CompletionStage<HostResponses<Arguments>> serverEmitWithReply(
      Duration timeout, String event, @Nullable Object... arguments) {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("timeout: " + timeout + " (expected: positive)");
    }
    return ask(new Question.ServerEventWithReply(serverEvent(event, arguments)), timeout)
        .thenApply(responses -> responses.map(endpoint.codec()::decode));
  }

  private Operation.ServerEvent serverEvent(String event, @Nullable Object @Nullable [] arguments) {
    return new Operation.ServerEvent(
        endpoint.manager().hostId(),
        endpoint.hostCodec().encodeEvent(event, DefaultSocket.list(arguments)));
  }

  private CompletionStage<Accepted> perform(Operation operation) {
    return endpoint.manager().perform(name, operation, Scope.CLUSTER);
  }

  private <A> CompletionStage<A> ask(Question<A> question, Duration timeout) {
    return endpoint.manager().ask(name, question, Scope.CLUSTER, timeout);
  }

  ServerEvents serverEvents() {
    return serverEvents;
  }

  /** The sockets of this namespace in this process, and the rooms that they are in. */
  Rooms rooms() {
    return rooms;
  }

  @Override
  public Collection<Socket> sockets() {
    return sockets(Recipients.ALL);
  }

  @Override
  public Collection<Socket> sockets(String room) {
    return sockets(Recipients.room(room));
  }

  private Collection<Socket> sockets(Recipients recipients) {
    List<Socket> found = new ArrayList<>();
    LocalSocketRegistry.ours(rooms.resolve(recipients)).forEach(found::add);
    return Collections.unmodifiableList(found);
  }

  @Override
  public Optional<Socket> socket(SocketId id) {
    return Optional.ofNullable((DefaultSocket) rooms.socket(id));
  }

  int socketCount() {
    return rooms.size();
  }

  long pendingEvents() {
    long pending = 0;
    for (DefaultSocket socket : LocalSocketRegistry.ours(rooms.resolve(Recipients.ALL))) {
      pending += socket.queue().pending();
    }
    return pending;
  }

  /**
   * The id for a packet that asks for an ack. All sockets of the namespace share one counter,
   * because one packet of a broadcast goes to many clients under the same id.
   */
  long nextAckId() {
    return ackIds.getAndIncrement();
  }
}
