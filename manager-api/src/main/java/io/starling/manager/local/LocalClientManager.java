package io.starling.manager.local;

import static java.util.Objects.requireNonNull;

import io.starling.manager.Accepted;
import io.starling.manager.BackendState;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.ClientManager;
import io.starling.manager.HostId;
import io.starling.manager.HostInfo;
import io.starling.manager.LocalServer;
import io.starling.manager.LocalServer.AckCollector;
import io.starling.manager.LocalServer.ServerReply;
import io.starling.manager.LocalSocket;
import io.starling.manager.ManagerException;
import io.starling.manager.ManagerListener;
import io.starling.manager.ManagerStatistics;
import io.starling.manager.MissingHost.Reason;
import io.starling.manager.Operation;
import io.starling.manager.Operation.CloseRoom;
import io.starling.manager.Operation.Disconnect;
import io.starling.manager.Operation.Emit;
import io.starling.manager.Operation.Join;
import io.starling.manager.Operation.Leave;
import io.starling.manager.Operation.ServerEvent;
import io.starling.manager.Projection;
import io.starling.manager.Question;
import io.starling.manager.Question.Count;
import io.starling.manager.Question.EmitWithAck;
import io.starling.manager.Question.FetchSockets;
import io.starling.manager.Question.ServerEventWithReply;
import io.starling.manager.RemoteSocket;
import io.starling.manager.Rooms;
import io.starling.manager.Scope;
import io.starling.manager.SocketId;
import io.starling.manager.local.Answer.Acked;
import io.starling.manager.local.Answer.Asked;
import io.starling.manager.local.Answer.Found;
import io.starling.manager.local.Answer.Refused;
import io.starling.manager.local.Answer.Replied;
import io.starling.protocol.payload.EventPayload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A manager that serves the clients of its own process only and uses no broker. A manager with a
 * broker is built around one: the broker's manager performs each operation here first, and performs
 * here what other hosts publish. Safe for any thread; no method blocks.
 */
public final class LocalClientManager implements ClientManager {
  /** The version of Starling, as text for people. */
  public static final String RELEASE = release();

  private static final long MAX_BACKLOG_BYTES = 64L << 20;

  /** The sockets of a namespace that the server does not have. */
  private static final Rooms NOBODY = new Rooms();

  private final HostId hostId;
  private final long madeNanos = System.nanoTime();

  /** The operations of the server; null before {@link #start}. */
  private volatile @Nullable LocalServer sockets;

  /** Runs dependent stages; null before {@link #start}. */
  private volatile @Nullable Executor callbacks;

  private volatile BackendState state = BackendState.STARTING;

  private static String release() {
    String version = LocalClientManager.class.getPackage().getImplementationVersion();
    return "starling " + (version == null ? "development" : version);
  }

  /** Creates a manager with a random host id. */
  public LocalClientManager() {
    this(HostId.random());
  }

  /** Creates a manager with this host id. */
  public LocalClientManager(HostId hostId) {
    this.hostId = hostId;
  }

  @Override
  public CompletionStage<Void> start(
      LocalServer sockets, ManagerListener listener, Executor callbacks) {
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

  @Override
  public List<HostInfo> hostInfos() {
    return List.of(new HostInfo(hostId, RELEASE, Duration.ofNanos(System.nanoTime() - madeNanos)));
  }

  @Override
  public ManagerStatistics statistics() {
    return ManagerStatistics.alone(state);
  }

  @Override
  public CompletionStage<Void> whenWritable() {
    return CompletableFuture.completedStage(null);
  }

  @Override
  public void close() {
    state = BackendState.CLOSED;
  }

  /**
   * Returns why this process takes no operation now: the manager is closed, or more than 64 MiB of
   * events wait for the event loops.
   *
   * @param emits whether clients are sent something. Other operations add nothing to what waits
   * @return null if the operation is admitted
   */
  public @Nullable ManagerException refusal(boolean emits) {
    if (state == BackendState.CLOSED) {
      return new ManagerException("manager: closed (expected: an open one)");
    }
    if (!emits || !isOverloaded()) {
      return null;
    }
    return new BackendUnavailableException(
        "event loops: behind (expected: at most "
            + MAX_BACKLOG_BYTES
            + " bytes waiting); delivered to nobody",
        Outcome.NOT_SENT,
        null);
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

  @Override
  public CompletionStage<Accepted> perform(String namespace, Operation operation, Scope scope) {
    ManagerException refusal = refusal(operation instanceof Emit);
    if (refusal != null) {
      return CompletableFuture.failedStage(refusal);
    }
    perform(namespace, operation);
    return CompletableFuture.completedStage(Accepted.LOCALLY);
  }

  /**
   * Performs an operation, of this host or of another one, on the sockets of this process. Refuses
   * nothing: an operation that was admitted before, or that another host published, must take
   * effect.
   */
  public void perform(String namespace, Operation operation) {
    Rooms rooms = rooms(namespace);
    if (operation instanceof Emit emit) {
      sockets().send(namespace, rooms.resolve(emit.recipients()), emit);
    } else if (operation instanceof Join join) {
      rooms.resolve(join.recipients()).forEach(socket -> rooms.join(socket.id(), join.rooms()));
    } else if (operation instanceof Leave leave) {
      rooms.resolve(leave.recipients()).forEach(socket -> rooms.leave(socket.id(), leave.rooms()));
    } else if (operation instanceof CloseRoom close) {
      rooms.closeRoom(close.room());
    } else if (operation instanceof Disconnect disconnect) {
      sockets()
          .disconnect(
              namespace, rooms.resolve(disconnect.recipients()), disconnect.closeTransport());
    } else if (operation instanceof ServerEvent event) {
      if (!event.origin().equals(hostId)) {
        sockets().serverEvent(namespace, event.origin(), event.event(), null);
      }
    } else {
      throw new AssertionError(operation);
    }
  }

  @Override
  public <A> CompletionStage<A> ask(
      String namespace, Question<A> question, Scope scope, Duration timeout) {
    ManagerException refusal = refusal(question instanceof EmitWithAck);
    if (refusal != null) {
      return CompletableFuture.failedStage(refusal);
    }
    Gathering<A> gathering = new Gathering<>(question);
    gathering.expect(question instanceof ServerEventWithReply ? Set.of() : hosts(), true);
    answer(namespace, question, timeout, answer -> gathering.answered(hostId, answer));
    return gathering.result(requireNonNull(callbacks, "callbacks"));
  }

  /**
   * Answers a question, of this host or of another one, for the sockets of this process. Refuses
   * nothing.
   *
   * @param timeout how long clients may take to acknowledge an event
   * @param answers takes the answers, on any thread, perhaps before this method returns
   */
  public void answer(
      String namespace, Question<?> question, Duration timeout, Consumer<Answer> answers) {
    Rooms rooms = rooms(namespace);
    Iterable<LocalSocket> found = rooms.resolve(question.recipients());
    if (question instanceof EmitWithAck asking) {
      AckCollector acks = (socket, answer) -> answers.accept(new Acked(socket, answer));
      int asked = sockets().sendExpectingAck(namespace, found, asking.emit(), timeout, acks);
      answers.accept(new Asked(asked));
    } else if (question instanceof ServerEventWithReply asking) {
      ServerEvent event = asking.event();
      if (!event.origin().equals(hostId)) {
        sockets().serverEvent(namespace, event.origin(), event.event(), new Reply(answers));
      }
    } else if (question instanceof Count) {
      int count = 0;
      for (Iterator<LocalSocket> each = found.iterator(); each.hasNext(); each.next()) {
        count++;
      }
      answers.accept(new Found(count, 0, 1, List.of()));
    } else {
      Set<Projection> projection =
          question instanceof FetchSockets fetch ? fetch.projection() : Set.of();
      List<RemoteSocket<EventPayload>> described = new ArrayList<>();
      found.forEach(socket -> described.add(describe(socket, rooms, projection)));
      answers.accept(new Found(described.size(), 0, 1, described));
    }
  }

  private RemoteSocket<EventPayload> describe(
      LocalSocket socket, Rooms rooms, Set<Projection> projection) {
    return new RemoteSocket<>(
        socket.id(),
        hostId,
        projection.contains(Projection.ROOMS) ? rooms.rooms(socket.id()) : Set.of(),
        projection.contains(Projection.DATA) ? socket.sharedData() : null);
  }

  /** Returns whether the socket is a socket of this process. */
  public boolean has(String namespace, SocketId socket) {
    return rooms(namespace).socket(socket) != null;
  }

  private Rooms rooms(String namespace) {
    LocalServer started = sockets;
    Rooms rooms = started == null ? null : started.rooms(namespace);
    return rooms == null ? NOBODY : rooms;
  }

  private LocalServer sockets() {
    LocalServer started = sockets;
    if (started == null) {
      throw new IllegalStateException("manager: not started (expected: start() before use)");
    }
    return started;
  }

  /** Takes the answer of the server of this process to a server event of another host. */
  private record Reply(Consumer<Answer> answers) implements ServerReply {
    @Override
    public void answered(EventPayload answer) {
      answers.accept(new Replied(answer));
    }

    @Override
    public void refused(Reason reason) {
      answers.accept(new Refused(reason));
    }
  }
}
