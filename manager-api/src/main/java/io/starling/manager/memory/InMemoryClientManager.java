package io.starling.manager.memory;

import static java.util.Objects.requireNonNull;

import io.starling.manager.Accepted;
import io.starling.manager.AckResponses;
import io.starling.manager.BackendState;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.ClientManager;
import io.starling.manager.EmitFlag;
import io.starling.manager.HostId;
import io.starling.manager.HostInfo;
import io.starling.manager.HostResponses;
import io.starling.manager.LocalSocket;
import io.starling.manager.LocalSockets;
import io.starling.manager.ManagerException;
import io.starling.manager.ManagerListener;
import io.starling.manager.ManagerStatistics;
import io.starling.manager.Projection;
import io.starling.manager.Recipients;
import io.starling.manager.RemoteSocket;
import io.starling.manager.Rooms;
import io.starling.manager.SocketId;
import io.starling.protocol.payload.EventPayload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A manager that serves the clients of its own process only and uses no broker. A manager with a
 * broker delegates to it for the clients of its own process, also for operations of other hosts.
 * Safe for any thread; no method blocks.
 */
public final class InMemoryClientManager implements ClientManager {
  /** The version of Starling, as text for people. */
  public static final String RELEASE = release();

  private static final long MAX_BACKLOG_BYTES = 64L << 20;

  private final HostId hostId;
  private final long madeNanos = System.nanoTime();

  /** The operations of the server; null before {@link #start}. */
  private volatile @Nullable LocalSockets sockets;

  /** Runs dependent stages; null before {@link #start}. */
  private volatile @Nullable Executor callbacks;

  private volatile BackendState state = BackendState.STARTING;

  private static String release() {
    String version = InMemoryClientManager.class.getPackage().getImplementationVersion();
    return "starling " + (version == null ? "development" : version);
  }

  /** Creates a manager with a random host id. */
  public InMemoryClientManager() {
    this(HostId.random());
  }

  /** Creates a manager with this host id. */
  public InMemoryClientManager(HostId hostId) {
    this.hostId = hostId;
  }

  @Override
  public CompletionStage<Void> start(
      LocalSockets sockets, ManagerListener listener, Executor callbacks) {
    this.sockets = sockets;
    this.callbacks = callbacks;
    state = BackendState.UP;
    listener.stateChanged(BackendState.UP, null);
    return CompletableFuture.completedStage(null);
  }

  @Override
  public HostId hostId() {
    return hostId;
  }

  @Override
  public BackendState state() {
    return state;
  }

  @Override
  public Set<HostId> hosts() {
    return Set.of(hostId);
  }

  /** Returns whether the socket is a socket of this process. */
  public boolean isLocal(String namespace, SocketId socket) {
    Rooms rooms = rooms(namespace);
    return rooms != null && rooms.socket(socket) != null;
  }

  @Override
  public CompletionStage<Accepted> emit(
      String namespace, Recipients recipients, EventPayload event, Set<EmitFlag> flags) {
    if (state == BackendState.CLOSED) {
      return closed();
    }
    if (isOverloaded()) {
      return overloaded();
    }
    deliver(namespace, recipients, event, flags);
    return done();
  }

  /**
   * Sends an event to the recipients in this process. Unlike {@link #emit}, this method does not
   * refuse while the event loops are behind, because events of other hosts must not be dropped.
   */
  public void deliver(
      String namespace, Recipients recipients, EventPayload event, Set<EmitFlag> flags) {
    sockets().send(namespace, resolve(namespace, recipients), event, flags);
  }

  /** Returns whether more than 64 MiB of events wait for the event loops. Emits then fail. */
  public boolean isOverloaded() {
    return sockets().backlogBytes() > MAX_BACKLOG_BYTES;
  }

  /**
   * Returns whether less than 32 MiB of events wait for the event loops. A manager that stopped
   * reading from its broker then goes on reading.
   */
  public boolean isRelieved() {
    return sockets().backlogBytes() < MAX_BACKLOG_BYTES / 2;
  }

  /** Returns the failed stage of an emit that was refused because of {@link #isOverloaded()}. */
  public static <T> CompletionStage<T> overloaded() {
    return CompletableFuture.failedStage(
        new BackendUnavailableException(
            "event loops: behind (expected: at most "
                + MAX_BACKLOG_BYTES
                + " bytes waiting); delivered to nobody",
            Outcome.NOT_SENT,
            null));
  }

  @Override
  public CompletionStage<AckResponses<EventPayload>> emitWithAck(
      String namespace,
      Recipients recipients,
      EventPayload event,
      Set<EmitFlag> flags,
      Duration timeout) {
    if (state == BackendState.CLOSED) {
      return closed();
    }
    if (isOverloaded()) {
      return overloaded();
    }
    AckRequest request = new AckRequest();
    request.expect(Set.of(hostId), true);
    int asked =
        sendExpectingAck(
            namespace,
            recipients,
            event,
            flags,
            timeout,
            (socket, answer) -> request.answered(hostId, socket, answer));
    request.asked(hostId, asked);
    return request.result().thenApplyAsync(r -> r, requireNonNull(callbacks, "callbacks"));
  }

  /**
   * Sends an event that asks for acknowledgements to the recipients in this process. The asking
   * host may be another one.
   *
   * @param collector takes the answers, as in {@link LocalSockets#sendExpectingAck}
   * @return how many sockets the event was sent to
   */
  public int sendExpectingAck(
      String namespace,
      Recipients recipients,
      EventPayload event,
      Set<EmitFlag> flags,
      Duration timeout,
      LocalSockets.AckCollector collector) {
    return sockets()
        .sendExpectingAck(
            namespace, resolve(namespace, recipients), event, flags, timeout, collector);
  }

  @Override
  public CompletionStage<Accepted> socketsJoin(
      String namespace, Recipients recipients, Collection<String> rooms, Set<EmitFlag> flags) {
    return forEach(namespace, recipients, (present, socket) -> present.join(socket, rooms));
  }

  @Override
  public CompletionStage<Accepted> socketsLeave(
      String namespace, Recipients recipients, Collection<String> rooms, Set<EmitFlag> flags) {
    return forEach(namespace, recipients, (present, socket) -> present.leave(socket, rooms));
  }

  @Override
  public CompletionStage<Accepted> closeRoom(String namespace, String room, Set<EmitFlag> flags) {
    if (state == BackendState.CLOSED) {
      return closed();
    }
    Rooms rooms = rooms(namespace);
    if (rooms != null) {
      rooms.closeRoom(room);
    }
    return done();
  }

  @Override
  public CompletionStage<Accepted> disconnectSockets(
      String namespace, Recipients recipients, boolean closeTransport, Set<EmitFlag> flags) {
    if (state == BackendState.CLOSED) {
      return closed();
    }
    sockets().disconnect(namespace, resolve(namespace, recipients), closeTransport);
    return done();
  }

  @Override
  public List<HostInfo> hostInfos() {
    return List.of(new HostInfo(hostId, RELEASE, age()));
  }

  @Override
  public ManagerStatistics statistics() {
    return ManagerStatistics.alone(state);
  }

  /** Returns how long ago this manager was created. */
  public Duration age() {
    return Duration.ofNanos(System.nanoTime() - madeNanos);
  }

  @Override
  public CompletionStage<HostResponses<List<RemoteSocket<EventPayload>>>> fetchSockets(
      String namespace,
      Recipients recipients,
      Set<Projection> projection,
      Set<EmitFlag> flags,
      Duration timeout) {
    return alone(() -> localSockets(namespace, recipients, projection));
  }

  /** Returns the sockets of this process among the recipients, for {@link #fetchSockets}. */
  public List<RemoteSocket<EventPayload>> localSockets(
      String namespace, Recipients recipients, Set<Projection> projection) {
    Rooms rooms = rooms(namespace);
    if (rooms == null) {
      return List.of();
    }
    List<RemoteSocket<EventPayload>> found = new ArrayList<>();
    for (LocalSocket socket : rooms.resolve(recipients)) {
      Set<String> joined =
          projection.contains(Projection.ROOMS) ? rooms.rooms(socket.id()) : Set.of();
      EventPayload data = projection.contains(Projection.DATA) ? socket.sharedData() : null;
      found.add(new RemoteSocket<>(socket.id(), hostId, joined, data));
    }
    return found;
  }

  @Override
  public CompletionStage<HostResponses<Integer>> count(
      String namespace, Recipients recipients, Set<EmitFlag> flags, Duration timeout) {
    return alone(() -> localCount(namespace, recipients));
  }

  /** Returns how many sockets of this process are among the recipients. */
  public int localCount(String namespace, Recipients recipients) {
    int count = 0;
    Iterator<LocalSocket> found = resolve(namespace, recipients).iterator();
    for (; found.hasNext(); found.next()) {
      count++;
    }
    return count;
  }

  @Override
  public CompletionStage<Optional<HostId>> find(
      String namespace, SocketId socket, Duration timeout) {
    return state == BackendState.CLOSED
        ? closed()
        : CompletableFuture.completedStage(
            isLocal(namespace, socket) ? Optional.of(hostId) : Optional.empty());
  }

  @Override
  public CompletionStage<Accepted> serverEmit(String namespace, EventPayload event) {
    return state == BackendState.CLOSED ? closed() : done();
  }

  @Override
  public CompletionStage<HostResponses<EventPayload>> serverEmitWithReply(
      String namespace, EventPayload event, Duration timeout) {
    return state == BackendState.CLOSED
        ? closed()
        : CompletableFuture.completedStage(new HostResponses<>(Map.of(), Map.of()));
  }

  /** Passes an event that another host sent to the servers of all others to this server. */
  public void serverEvent(
      String namespace,
      HostId origin,
      EventPayload event,
      LocalSockets.@Nullable ServerReply reply) {
    sockets().serverEvent(namespace, origin, event, reply);
  }

  private <T> CompletionStage<HostResponses<T>> alone(Supplier<T> answer) {
    return state == BackendState.CLOSED
        ? closed()
        : CompletableFuture.completedStage(
            new HostResponses<>(Map.of(hostId, answer.get()), Map.of()));
  }

  @Override
  public CompletionStage<Void> whenWritable() {
    return CompletableFuture.completedStage(null);
  }

  @Override
  public void close() {
    state = BackendState.CLOSED;
  }

  private CompletionStage<Accepted> forEach(
      String namespace, Recipients recipients, BiConsumer<Rooms, SocketId> action) {
    if (state == BackendState.CLOSED) {
      return closed();
    }
    Rooms rooms = rooms(namespace);
    if (rooms != null) {
      rooms.resolve(recipients).forEach(socket -> action.accept(rooms, socket.id()));
    }
    return done();
  }

  private Iterable<LocalSocket> resolve(String namespace, Recipients recipients) {
    Rooms rooms = rooms(namespace);
    return rooms == null ? List.of() : rooms.resolve(recipients);
  }

  private @Nullable Rooms rooms(String namespace) {
    LocalSockets started = sockets;
    return started == null ? null : started.rooms(namespace);
  }

  private LocalSockets sockets() {
    LocalSockets started = sockets;
    if (started == null) {
      throw new IllegalStateException("manager: not started (expected: start() before use)");
    }
    return started;
  }

  private static CompletionStage<Accepted> done() {
    return CompletableFuture.completedStage(Accepted.LOCALLY);
  }

  private static <T> CompletionStage<T> closed() {
    return CompletableFuture.failedStage(
        new ManagerException("manager: closed (expected: an open one)"));
  }
}
