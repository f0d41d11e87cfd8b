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
import io.starling.socketio.AnswerHandler;
import io.starling.socketio.AsyncConnectHandler;
import io.starling.socketio.ConnectHandler;
import io.starling.socketio.ConnectedHandler;
import io.starling.socketio.DisconnectHandler;
import io.starling.socketio.EventHandler;
import io.starling.socketio.Namespace;
import io.starling.socketio.OtherEventHandler;
import io.starling.socketio.ServerEventHandler;
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
final class DefaultNamespace implements Namespace {
  private final Endpoint endpoint;
  private final String name;
  private final BroadcastOperator everybody;
  private final ServerEvents serverEvents;
  private final HandlerTable own = new HandlerTable();
  private final HandlerLayers layers;
  private final Rooms rooms = new Rooms();
  private final AtomicLong ackIds = new AtomicLong();

  /**
   * Creates a namespace.
   *
   * @param inherited the handlers of the pattern or predicate that the name of the namespace
   *     matches; empty if there is none
   */
  DefaultNamespace(Endpoint endpoint, String name, List<HandlerTable> inherited) {
    this.endpoint = endpoint;
    this.name = name;
    List<HandlerTable> tables = new ArrayList<>();
    tables.add(own);
    tables.addAll(inherited);
    this.layers = new HandlerLayers(tables, endpoint.anyNamespace());
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
  public Namespace use(ConnectHandler middleware) {
    own.use(middleware);
    return this;
  }

  @Override
  public Namespace useAsync(AsyncConnectHandler middleware) {
    own.useAsync(middleware);
    return this;
  }

  @Override
  public Namespace onConnect(ConnectHandler handler) {
    own.onConnect(handler);
    return this;
  }

  @Override
  public Namespace onConnected(ConnectedHandler handler) {
    own.onConnected(handler);
    return this;
  }

  @Override
  public Namespace on(String event, EventHandler<Arguments> handler) {
    own.on(event, handler);
    return this;
  }

  @Override
  public <T> Namespace on(String event, Class<T> type, EventHandler<T> handler) {
    own.on(event, type, handler);
    return this;
  }

  @Override
  public <R> Namespace answer(String event, AnswerHandler<Arguments, R> handler) {
    own.answer(event, handler);
    return this;
  }

  @Override
  public <T, R> Namespace answer(String event, Class<T> type, AnswerHandler<T, R> handler) {
    own.answer(event, type, handler);
    return this;
  }

  @Override
  public Namespace onOther(OtherEventHandler handler) {
    own.onOther(handler);
    return this;
  }

  @Override
  public Namespace onDisconnecting(DisconnectHandler handler) {
    own.onDisconnecting(handler);
    return this;
  }

  @Override
  public Namespace onDisconnect(DisconnectHandler handler) {
    own.onDisconnect(handler);
    return this;
  }

  @Override
  public Namespace register(Object handlers) {
    own.register(handlers);
    return this;
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
  public Namespace onServerEvent(String event, ServerEventHandler handler) {
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
      pending += socket.handlers().pending();
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

  HandlerLayers layers() {
    return layers;
  }
}
