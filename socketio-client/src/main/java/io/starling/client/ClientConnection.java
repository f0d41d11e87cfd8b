package io.starling.client;

import io.starling.client.engineio.ClientThreads;
import io.starling.client.engineio.CloseReason;
import io.starling.client.engineio.EngineIoConnection;
import io.starling.client.engineio.EngineIoListener;
import io.starling.client.engineio.Timers;
import io.starling.protocol.engineio.EngineIoPacket;
import io.starling.protocol.engineio.MalformedPacketException;
import io.starling.protocol.payload.EventPayload;
import io.starling.protocol.socketio.PacketEncoder;
import io.starling.protocol.socketio.PacketLimits;
import io.starling.protocol.socketio.PacketParser;
import io.starling.protocol.socketio.SocketIoPacket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The life of one client: its attempts to connect, the connection, and the namespaces on it.
 *
 * <p>One lock guards the state of the client and of its sockets. Nothing blocks under it, and
 * neither code of the application nor of the connection is called under it, but for the queueing of
 * packets; what follows from a change is left to {@link Effects}.
 */
final class ClientConnection {
  private static final Logger log = LoggerFactory.getLogger(SocketIoClient.class);
  private static final JsonMapper JSON = new JsonMapper();

  private final ClientOptions options;
  private final Connector connector;
  private final Timers timers;
  private final Backoff backoff;
  private final Executor handlers;
  private final Executor callbacks;
  private final PacketLimits limits;
  private final Effects effects = new Effects();
  private final SerialQueue queue;
  final List<ReconnectHandler> onAttempt = new CopyOnWriteArrayList<>();
  final List<ReconnectHandler> onReconnect = new CopyOnWriteArrayList<>();
  final List<ReconnectHandler> onFailed = new CopyOnWriteArrayList<>();

  private final ReentrantLock lock = new ReentrantLock();

  // Guarded by the lock, down to the next blank line.
  private final Map<String, SocketState> sockets = new LinkedHashMap<>();
  private final AckDeadlines acks;
  private @Nullable Link current;
  private Timers.@Nullable Task retry;
  private int attempt;
  private long bufferedBytes;
  private boolean closed;
  private CompletableFuture<Object> idle = CompletableFuture.completedFuture(true);

  private final AtomicInteger pendingEvents = new AtomicInteger();
  private final Object readLock = new Object();
  private volatile boolean readStopped; // written under readLock

  /** Makes the connections of one client. */
  interface Connector {
    EngineIoConnection create(
        Map<String, String> headers, Map<String, String> query, EngineIoListener listener);

    /** The client has no connection any more and frees what it shares. */
    void idle();
  }

  ClientConnection(ClientOptions options, Connector connector, Timers timers) {
    this.options = options;
    this.connector = connector;
    this.timers = timers;
    this.backoff = new Backoff(options, () -> ThreadLocalRandom.current().nextDouble());
    this.handlers =
        options.handlerExecutor.map(ClientConnection::orElse).orElse(ClientThreads.HANDLER);
    this.callbacks =
        options.handlerExecutor.map(ClientConnection::orElse).orElse(ClientThreads.CALLBACK);
    this.limits = new PacketLimits(options.codec.maxAttachments(), options.codec.maxJsonDepth());
    this.queue = new SerialQueue(handlers);
    this.acks = new AckDeadlines(timers, this::acksLate);
  }

  /** An executor of the application, which may have been shut down: every ack still ends. */
  private static Executor orElse(Executor given) {
    return task -> {
      try {
        given.execute(task);
      } catch (RejectedExecutionException e) {
        ClientThreads.CALLBACK.execute(task);
      }
    };
  }

  ClientOptions options() {
    return options;
  }

  Executor handlers() {
    return handlers;
  }

  Executor callbacks() {
    return callbacks;
  }

  Effects effects() {
    return effects;
  }

  AckDeadlines acks() {
    return acks;
  }

  /** Changes the state under the lock; then runs what follows from the change. */
  <T extends @Nullable Object> T locked(Supplier<T> change) {
    lock.lock();
    try {
      return change.get();
    } finally {
      lock.unlock();
      if (!lock.isHeldByCurrentThread()) {
        effects.run();
      }
    }
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
    } finally {
      lock.unlock();
    }
    effects.run();
  }

  SocketState socket(String namespace, Supplier<SocketState> make) {
    return locked(() -> sockets.computeIfAbsent(namespace, name -> make.get()));
  }

  boolean hasSockets() {
    return locked(() -> !sockets.isEmpty());
  }

  List<SocketState> sockets() {
    return locked(() -> new ArrayList<>(sockets.values()));
  }

  boolean connected() {
    return locked(() -> current != null && current.open);
  }

  @Nullable TransportKind transport() {
    Link link = locked(() -> current);
    EngineIoConnection engine = link == null || !link.open ? null : link.engine;
    return engine == null ? null : TransportKind.of(engine.transport());
  }

  // Sending, under the lock.

  void requireNotClosed() {
    if (closed) {
      throw new EmitRefusedException("client: closed (expected: open)");
    }
  }

  void requireRoom(long bytes) {
    Link link = current;
    long queued = link == null || link.engine == null ? 0 : link.engine.queuedBytes();
    if (bufferedBytes + queued + bytes > options.maxQueuedBytes) {
      throw new EmitRefusedException(
          "queued bytes: "
              + (bufferedBytes + queued + bytes)
              + " (expected: at most "
              + options.maxQueuedBytes
              + ", see maxQueuedBytes)");
    }
  }

  void buffered(long bytes) {
    bufferedBytes += bytes;
  }

  boolean writable() {
    Link link = current;
    return link != null && link.engine != null && link.engine.writable();
  }

  void write(SocketIoPacket packet, @Nullable EventPayload payload) {
    Link link = current;
    if (link == null || link.engine == null) {
      return;
    }
    EngineIoPacket.Message text = new EngineIoPacket.Message(PacketEncoder.encode(packet), false);
    if (payload == null || payload.attachments().isEmpty()) {
      link.engine.queue(List.of(text));
      return;
    }
    List<EngineIoPacket.Message> messages = new ArrayList<>();
    messages.add(text);
    for (ByteBuffer attachment : payload.attachments()) {
      messages.add(new EngineIoPacket.Message(attachment, true));
    }
    link.engine.queue(messages);
  }

  void flushLater() {
    Link link = current;
    EngineIoConnection engine = link == null ? null : link.engine;
    if (engine != null) {
      effects.add(engine::flush);
    }
  }

  /** Sends an event of a socket. Called without the lock. */
  void emit(
      SocketState socket, EventPayload payload, boolean isVolatile, @Nullable PendingAck ack) {
    boolean taken;
    EngineIoConnection engine;
    lock.lock();
    try {
      taken = socket.outbox().take(payload, isVolatile, ack);
      engine = current == null ? null : current.engine;
    } finally {
      lock.unlock();
    }
    if (!taken) {
      tell(listener -> listener.eventDropped(socket.face()));
      if (ack != null) {
        ack.done(null, new EmitRefusedException("volatile event: dropped (expected: no wait)"));
      }
      return;
    }
    if (engine != null) {
      engine.flush();
    }
    tell(listener -> listener.eventSent(socket.face()));
  }

  private void acksLate() {
    List<PendingAck> late = locked(acks::expired);
    late.forEach(ack -> ack.done(null, new AckTimeoutException(ack.timeout)));
  }

  // Attempts to connect.

  /** Connects a socket. */
  CompletableFuture<ClientSocket> connect(SocketState socket) {
    return locked(
        () -> {
          if (closed) {
            return CompletableFuture.failedFuture(
                new ConnectFailedException("client: closed (expected: open)", (Throwable) null));
          }
          CompletableFuture<ClientSocket> done = socket.want();
          if (current == null && retry == null) {
            if (idle.isDone()) {
              idle = new CompletableFuture<>();
            }
            attempt = 0;
            begin();
          } else if (current != null && current.open && !socket.joined() && !socket.joining()) {
            join(current, socket);
          }
          return done;
        });
  }

  private void begin() {
    int number = attempt;
    Link link = new Link();
    current = link;
    retry = null;
    if (number > 0) {
      call(onAttempt, number);
    }
    effects.add(() -> tell(listener -> listener.connecting(number)));
    link.deadline = timers.schedule(options.connectTimeout, () -> late(link));
    effects.add(() -> handlers.execute(() -> ask(link)));
  }

  private void ask(Link link) {
    try {
      CompletionStage<Map<String, String>> headers = options.headers.call();
      CompletionStage<Map<String, String>> query = options.query.call();
      headers
          .thenCombine(query, (some, others) -> openWith(link, some, others))
          .whenComplete(
              (done, failure) -> {
                if (failure != null) {
                  failed(link, failure);
                }
              });
    } catch (Throwable e) {
      failed(link, e);
    }
  }

  private boolean openWith(Link link, Map<String, String> headers, Map<String, String> query) {
    EngineIoConnection engine = connector.create(headers, query, link);
    boolean go =
        locked(
            () -> {
              link.engine = engine;
              return current == link;
            });
    if (go) {
      engine.open();
    }
    return go;
  }

  /** An attempt failed before there was a connection. */
  private void failed(Link link, Throwable failure) {
    boolean wrapped = failure instanceof CompletionException && failure.getCause() != null;
    Throwable cause = wrapped ? failure.getCause() : failure;
    change(
        () -> {
          if (current == link) {
            lost(link, CloseReason.TRANSPORT_ERROR, "connect: " + cause, cause);
          }
        });
  }

  private void late(Link link) {
    String detail =
        "connect: no answer (expected: within " + options.connectTimeout.toMillis() + " ms)";
    EngineIoConnection engine = locked(() -> current == link ? link.engine : null);
    if (engine == null) {
      failed(link, new TimeoutException(detail));
    } else {
      engine.fail(CloseReason.TRANSPORT_ERROR, detail);
    }
  }

  private void join(Link link, SocketState socket) {
    socket.join();
    effects.add(() -> handlers.execute(() -> askAuth(link, socket)));
  }

  private void askAuth(Link link, SocketState socket) {
    try {
      Object auth = options.auth.auth(socket.namespace());
      if (auth instanceof CompletionStage<?> stage) {
        stage.whenComplete(
            (value, failure) -> {
              if (failure == null) {
                sendConnect(link, socket, value);
              } else {
                link.fail(CloseReason.TRANSPORT_ERROR, "auth: " + failure);
              }
            });
      } else {
        sendConnect(link, socket, auth);
      }
    } catch (Throwable e) {
      link.fail(CloseReason.TRANSPORT_ERROR, "auth: " + e);
    }
  }

  private void sendConnect(Link link, SocketState socket, @Nullable Object auth) {
    ObjectNode payload;
    try {
      payload = auth == null ? null : object(auth);
    } catch (RuntimeException e) {
      link.fail(CloseReason.TRANSPORT_ERROR, "auth: " + e.getMessage());
      return;
    }
    change(
        () -> {
          if (current != link || !socket.joining()) {
            return;
          }
          ObjectNode whole = payload;
          String pid = socket.pid();
          if (pid != null) {
            whole = whole == null ? JSON.createObjectNode() : whole;
            whole.put("pid", pid);
            if (socket.offset() != null) {
              whole.put("offset", socket.offset());
            }
          }
          write(new SocketIoPacket.Connect(socket.namespace(), whole), null);
          flushLater();
        });
  }

  private ObjectNode object(Object auth) {
    EventPayload encoded = options.codec.encodeArguments(List.of(auth));
    byte[] json = new byte[encoded.json().remaining()];
    encoded.json().get(json);
    if (JSON.readTree(json).get(0) instanceof ObjectNode object
        && encoded.attachments().isEmpty()) {
      return object;
    }
    throw new IllegalArgumentException(
        auth.getClass().getName() + " (expected: a JSON object without binary values)");
  }

  // The end of a connection, under the lock.

  /** The connection of an attempt ended, or it never came to one. */
  private void lost(Link link, CloseReason reason, String detail, @Nullable Throwable cause) {
    current = null;
    cancel(link.deadline);
    DisconnectReason why = reason(reason);
    ConnectFailedException error = new ConnectFailedException(detail, cause);
    log.debug("connection lost: {}, {}", why.text(), detail);
    if (link.open) {
      effects.add(() -> tell(listener -> listener.transportClosed(why, detail)));
    }
    for (SocketState socket : sockets.values()) {
      boolean joined = socket.joined();
      boolean first = socket.first();
      if (joined) {
        socket.disconnected(why);
      } else if (socket.wanted() && (!link.open || socket.joining())) {
        socket.connectFailed(error);
      }
      if (socket.wanted() && !(first ? options.retryFirstConnection : options.reconnection)) {
        socket.giveUp(error);
      }
    }
    tryAgain(link, error);
  }

  private void tryAgain(Link link, ConnectFailedException error) {
    CompletableFuture<?> ended =
        link.engine == null ? CompletableFuture.completedFuture(true) : link.engine.ended();
    if (sockets.values().stream().noneMatch(SocketState::wanted)) {
      becomeIdle(ended);
    } else if (attempt >= options.reconnectionAttempts) {
      int failed = attempt;
      sockets.values().stream().filter(SocketState::wanted).forEach(each -> each.giveUp(error));
      call(onFailed, failed);
      effects.add(() -> tell(ClientListener::reconnectFailed));
      becomeIdle(ended);
    } else {
      attempt++;
      int next = attempt;
      Duration delay = backoff.before(next);
      effects.add(() -> tell(listener -> listener.reconnecting(next, delay)));
      retry =
          timers.schedule(
              delay,
              () ->
                  change(
                      () -> {
                        if (retry != null && current == null) {
                          begin();
                        }
                      }));
    }
  }

  private void becomeIdle(CompletableFuture<?> ended) {
    attempt = 0;
    CompletableFuture<Object> done = idle;
    effects.add(
        () ->
            ended.whenComplete(
                (end, failure) -> {
                  if (locked(() -> current == null && retry == null)) {
                    connector.idle();
                  }
                  done.complete(true);
                }));
  }

  private static DisconnectReason reason(CloseReason reason) {
    return switch (reason) {
      case CLIENT -> DisconnectReason.CLIENT_DISCONNECT;
      case PING_TIMEOUT -> DisconnectReason.PING_TIMEOUT;
      case TRANSPORT_CLOSE -> DisconnectReason.TRANSPORT_CLOSE;
      case TRANSPORT_ERROR -> DisconnectReason.TRANSPORT_ERROR;
      case PARSE_ERROR -> DisconnectReason.PARSE_ERROR;
    };
  }

  /** Disconnects one socket as the application wants it. */
  void disconnect(SocketState socket) {
    change(() -> leave(socket));
  }

  private void leave(SocketState socket) {
    boolean joined = socket.joined();
    if (joined) {
      write(new SocketIoPacket.Disconnect(socket.namespace()), null);
      flushLater();
      socket.disconnected(DisconnectReason.CLIENT_DISCONNECT);
    }
    if (joined || socket.wanted()) {
      socket.giveUp(
          new ConnectFailedException("disconnected by the application", (Throwable) null));
      closeIfUnused();
    }
  }

  private void closeIfUnused() {
    if (sockets.values().stream().anyMatch(SocketState::wanted)) {
      settled();
      return;
    }
    Link link = current;
    current = null;
    if (retry != null) {
      cancel(retry);
      retry = null;
      becomeIdle(CompletableFuture.completedFuture(true));
    } else if (link != null) {
      cancel(link.deadline);
      EngineIoConnection engine = link.engine;
      if (engine == null) {
        becomeIdle(CompletableFuture.completedFuture(true));
        return;
      }
      effects.add(engine::close);
      if (link.open) {
        String detail = "closed by the client";
        effects.add(
            () ->
                tell(
                    listener ->
                        listener.transportClosed(DisconnectReason.CLIENT_DISCONNECT, detail)));
      }
      becomeIdle(engine.ended());
    }
  }

  void disconnectAll() {
    change(() -> sockets.values().forEach(this::leave));
  }

  CompletableFuture<Object> close() {
    return locked(
        () -> {
          sockets.values().forEach(this::leave);
          closed = true;
          for (SocketState socket : sockets.values()) {
            List<PendingAck> lost = socket.outbox().closed();
            effects.add(
                () ->
                    lost.forEach(
                        ack ->
                            ack.done(
                                null,
                                new EmitRefusedException("client: closed (expected: open)"))));
          }
          acks.stop();
          return idle;
        });
  }

  CompletableFuture<Object> whenIdle() {
    return locked(() -> idle);
  }

  private static void cancel(Timers.@Nullable Task task) {
    if (task != null) {
      task.cancel();
    }
  }

  /** The time of an attempt ends once all namespaces have their answer. */
  private void settled() {
    Link link = current;
    if (link != null && link.open && sockets.values().stream().noneMatch(SocketState::joining)) {
      cancel(link.deadline);
      link.deadline = null;
    }
  }

  // How many events wait for handlers.

  void eventQueued() {
    if (pendingEvents.incrementAndGet() >= options.maxPendingEvents) {
      adjustReading();
    }
  }

  void eventHandled() {
    if (pendingEvents.decrementAndGet() <= options.maxPendingEvents / 2 && readStopped) {
      adjustReading();
    }
  }

  private void adjustReading() {
    EngineIoConnection engine = locked(() -> current == null ? null : current.engine);
    synchronized (readLock) {
      if (!readStopped && pendingEvents.get() >= options.maxPendingEvents) {
        readStopped = true;
      }
      // Reads the number again after the flag was set, since handlers look at the flag.
      if (readStopped && pendingEvents.get() <= options.maxPendingEvents / 2) {
        readStopped = false;
      }
      if (engine != null) {
        engine.read(!readStopped);
      }
    }
  }

  // Code of the application.

  void tell(Consumer<ClientListener> call) {
    if (options.listener != ClientListener.NONE) {
      try {
        call.accept(options.listener);
      } catch (Throwable e) {
        log.error("listener failed", e);
      }
    }
  }

  void handlerFailed(@Nullable ClientSocket socket, String handler, Throwable cause) {
    log.error("handler of {} failed", handler, cause);
    tell(listener -> listener.handlerFailed(socket, handler, cause));
  }

  private void call(List<ReconnectHandler> called, int number) {
    queue.add(
        () -> {
          for (ReconnectHandler handler : called) {
            try {
              handler.attempt(number);
            } catch (Throwable e) {
              handlerFailed(null, "reconnect", e);
            }
          }
        });
    effects.add(queue::start);
  }

  /** One attempt, and the connection that came of it. */
  private final class Link implements EngineIoListener {
    private final PacketParser parser = new PacketParser(namespace -> true, limits);
    private volatile @Nullable EngineIoConnection engine; // written under the lock
    private volatile boolean open; // written under the lock
    private Timers.@Nullable Task deadline; // guarded by the lock

    /** The bytes of a packet that is not complete. Only the serial calls use it. */
    private long incompleteBytes;

    void fail(CloseReason reason, String detail) {
      EngineIoConnection failed = engine;
      if (failed != null) {
        failed.fail(reason, detail);
      }
    }

    private boolean isCurrent() {
      return current == this;
    }

    @Override
    public void opened() {
      change(
          () -> {
            if (!isCurrent()) {
              return;
            }
            open = true;
            int number = attempt;
            attempt = 0;
            if (number > 0) {
              call(onReconnect, number);
            }
            effects.add(
                () -> {
                  TransportKind kind = transport();
                  if (kind != null) {
                    tell(listener -> listener.transportOpened(kind));
                  }
                });
            sockets.values().stream()
                .filter(SocketState::wanted)
                .forEach(socket -> join(this, socket));
          });
      if (readStopped) {
        adjustReading();
      }
    }

    @Override
    public void upgraded() {
      tell(ClientListener::transportUpgraded);
    }

    @Override
    public void upgradeFailed(String fault) {
      log.debug("{}", fault);
      tell(listener -> listener.upgradeFailed(fault));
    }

    @Override
    public void message(EngineIoPacket.Message message) {
      incompleteBytes += message.bytes();
      if (incompleteBytes > options.maxPayloadBytes) {
        throw new MalformedPacketException(
            "event: " + incompleteBytes + " bytes (expected: at most maxPayloadBytes)");
      }
      SocketIoPacket packet =
          message.binary() ? parser.binary(message.data()) : parser.text(message.data());
      if (packet != null) {
        incompleteBytes = 0;
        packet(packet);
      }
    }

    private void packet(SocketIoPacket packet) {
      PendingAck answered = null;
      SocketState socket;
      lock.lock();
      try {
        socket = isCurrent() ? sockets.get(packet.namespace()) : null;
        if (socket == null) {
          return;
        }
        if (packet instanceof SocketIoPacket.Event event) {
          socket.event(event);
        } else if (packet instanceof SocketIoPacket.Ack ack) {
          answered = socket.outbox().answered(ack.ackId());
        } else {
          control(socket, packet);
        }
      } finally {
        lock.unlock();
      }
      effects.run();
      if (packet instanceof SocketIoPacket.Event) {
        SocketState receiver = socket;
        tell(listener -> listener.eventReceived(receiver.face()));
        socket.queue().start();
      } else if (answered != null && packet instanceof SocketIoPacket.Ack ack) {
        answered.done(ack.payload(), null);
      }
    }

    private void control(SocketState socket, SocketIoPacket packet) {
      if (packet instanceof SocketIoPacket.Connect connect) {
        connected(socket, connect.payload());
      } else if (packet instanceof SocketIoPacket.ConnectError error) {
        if (socket.joining()) {
          refused(socket, refusal(error.payload()));
        }
      } else if (packet instanceof SocketIoPacket.Disconnect) {
        disconnectedByServer(socket);
      } else {
        throw new AssertionError(packet);
      }
    }

    private void connected(SocketState socket, @Nullable ObjectNode payload) {
      String sid = payload == null ? "" : payload.path("sid").asString("");
      if (!socket.joining()) {
        if (!socket.joined()) { // The application left before the server's answer.
          write(new SocketIoPacket.Disconnect(socket.namespace()), null);
          flushLater();
        }
      } else if (sid.isEmpty()) {
        String fault = "CONNECT: no sid (expected: a server of Socket.IO 3 or 4)";
        refused(socket, new ConnectFailedException(fault, (Throwable) null));
      } else {
        String pid = payload == null ? "" : payload.path("pid").asString("");
        socket.connected(sid, pid.isEmpty() ? null : pid);
        flushLater();
        settled();
      }
    }

    private ConnectFailedException refusal(JsonNode payload) {
      String message =
          payload.isString() ? payload.asString() : payload.path("message").asString("");
      JsonNode data = payload.path("data");
      List<JsonNode> all = data.isMissingNode() ? List.of() : List.of(data);
      return new ConnectFailedException(
          message, options.codec.decode(options.codec.encodeArguments(all)));
    }

    private void refused(SocketState socket, ConnectFailedException error) {
      socket.connectFailed(error);
      socket.giveUp(error);
      closeIfUnused();
    }

    private void disconnectedByServer(SocketState socket) {
      ConnectFailedException error =
          new ConnectFailedException("disconnected by the server", (Throwable) null);
      if (socket.joining()) {
        refused(socket, error);
      } else if (socket.joined()) {
        socket.disconnected(DisconnectReason.SERVER_DISCONNECT);
        if (options.reconnectAfterServerDisconnect) {
          timers.schedule(backoff.before(1), () -> change(() -> rejoin(socket)));
        } else {
          socket.giveUp(error);
          closeIfUnused();
        }
      }
    }

    private void rejoin(SocketState socket) {
      if (isCurrent() && open && socket.wanted() && !socket.joined() && !socket.joining()) {
        join(this, socket);
      }
    }

    @Override
    public void closed(CloseReason reason, String detail, @Nullable Throwable cause) {
      change(
          () -> {
            if (isCurrent()) {
              lost(this, reason, detail, cause);
            }
          });
    }
  }
}
