package io.starling.manager.pubsub;

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
import io.starling.manager.LocalSockets;
import io.starling.manager.ManagerException;
import io.starling.manager.ManagerListener;
import io.starling.manager.ManagerStatistics;
import io.starling.manager.MissingHost.Reason;
import io.starling.manager.Projection;
import io.starling.manager.Recipients;
import io.starling.manager.RemoteSocket;
import io.starling.manager.SocketId;
import io.starling.manager.memory.AckRequest;
import io.starling.manager.memory.ClusterRequest;
import io.starling.manager.memory.HostRequest;
import io.starling.manager.memory.InMemoryClientManager;
import io.starling.manager.pubsub.Outbox.Share;
import io.starling.manager.pubsub.PubSubMessage.CloseRoom;
import io.starling.manager.pubsub.PubSubMessage.Disconnect;
import io.starling.manager.pubsub.PubSubMessage.Emit;
import io.starling.manager.pubsub.PubSubMessage.Join;
import io.starling.manager.pubsub.PubSubMessage.Leave;
import io.starling.manager.pubsub.PubSubMessage.Query;
import io.starling.manager.pubsub.PubSubMessage.ReplyTo;
import io.starling.manager.pubsub.PubSubMessage.ServerEvent;
import io.starling.protocol.payload.EventPayload;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The manager of a host in a cluster. Each operation takes effect on the sockets of this process
 * first and is then published to the other hosts. Operations that other hosts or emitters publish
 * take effect on the sockets of this process and are not passed on. The broker is hidden behind
 * {@link PubSubBackend}. Safe for any thread; nothing blocks except {@link #close()}.
 */
public final class PubSubClientManager implements ClientManager {
  private static final String CLOSED = "manager: closed (expected: an open one)";

  private final PubSubBackend backend;
  private final PubSubSettings settings;
  private final ManagerThread thread;
  private final HostId self = HostId.random();
  private final InMemoryClientManager local = new InMemoryClientManager(self);
  private final PendingRequests pending;
  private volatile @Nullable Running running;
  private volatile boolean closed;

  /** The parts that exist only after {@link #start}. */
  private record Running(
      PubSubPublisher publisher, Membership membership, BusReceiver receiver, Executor callbacks) {}

  /**
   * Makes a manager that is not started.
   *
   * @param backend a back end that is not started and not used by anyone else
   */
  public PubSubClientManager(PubSubBackend backend, PubSubSettings settings) {
    this(backend, settings, ManagerThread.start("starling-manager-publisher-0"));
  }

  PubSubClientManager(PubSubBackend backend, PubSubSettings settings, ManagerThread thread) {
    this.backend = backend;
    this.settings = settings;
    this.thread = thread;
    this.pending = new PendingRequests(thread);
  }

  @Override
  public CompletionStage<Void> start(
      LocalSockets sockets, ManagerListener listener, Executor callbacks) {
    BusContext context = new BusContext(self, settings, backend, thread, listener, callbacks);
    local.start(sockets, ManagerListener.NONE, context.callbacks());
    PubSubPublisher publisher = new PubSubPublisher(context, SentFrames.HOST_BYTES);
    Membership membership = new Membership(context, publisher, pending);
    BusReceiver receiver = new BusReceiver(context, local, publisher, membership);
    running = new Running(publisher, membership, receiver, context.callbacks());
    return membership
        .selfCheck()
        .start(receiver)
        .whenCompleteAsync(
            (done, failure) -> {
              if (failure != null) {
                close(false);
              }
            },
            context.callbacks());
  }

  @Override
  public HostId hostId() {
    return self;
  }

  @Override
  public BackendState state() {
    Running now = running;
    if (closed) {
      return BackendState.CLOSED;
    }
    return now == null ? BackendState.STARTING : now.membership().state();
  }

  @Override
  public Set<HostId> hosts() {
    Running now = running;
    return now == null ? Set.of(self) : now.membership().hosts();
  }

  @Override
  public CompletionStage<Accepted> emit(
      String namespace, Recipients recipients, EventPayload event, Set<EmitFlag> flags) {
    if (!closed && local.isOverloaded()) {
      return InMemoryClientManager.overloaded();
    }
    return both(
        recipients.nobody() || flags.contains(EmitFlag.LOCAL),
        () -> new Emit(namespace, recipients, flags, publisher().nextEmit(), null, event),
        () -> local.deliver(namespace, recipients, event, flags));
  }

  @Override
  public CompletionStage<AckResponses<EventPayload>> emitWithAck(
      String namespace,
      Recipients recipients,
      EventPayload event,
      Set<EmitFlag> flags,
      Duration timeout) {
    if (closed || recipients.nobody() || flags.contains(EmitFlag.LOCAL)) {
      return closed
          ? CompletableFuture.failedStage(new ManagerException(CLOSED))
          : local.emitWithAck(namespace, recipients, event, flags, timeout);
    }
    if (local.isOverloaded()) {
      return InMemoryClientManager.overloaded();
    }
    AckRequest request = new AckRequest();
    ask(
        request,
        timeout,
        true,
        replyTo -> new Emit(namespace, recipients, flags, publisher().nextEmit(), replyTo, event),
        () ->
            request.asked(
                self,
                local.sendExpectingAck(
                    namespace,
                    recipients,
                    event,
                    flags,
                    timeout,
                    (socket, answer) -> request.answered(self, socket, answer))));
    return onCallbacks(request.result());
  }

  @Override
  public ManagerStatistics statistics() {
    Running now = running;
    return now == null
        ? ManagerStatistics.alone(state())
        : now.membership().statistics(now.receiver().heldBytes(), pending.size(), state());
  }

  @Override
  public List<HostInfo> hostInfos() {
    Running now = running;
    return now == null ? local.hostInfos() : now.membership().hostInfos();
  }

  @Override
  public CompletionStage<HostResponses<List<RemoteSocket<EventPayload>>>> fetchSockets(
      String namespace,
      Recipients recipients,
      Set<Projection> projection,
      Set<EmitFlag> flags,
      Duration timeout) {
    if (closed || recipients.nobody() || flags.contains(EmitFlag.LOCAL)) {
      return orClosed(() -> local.fetchSockets(namespace, recipients, projection, flags, timeout));
    }
    int bits = QueryResponder.IDS;
    for (Projection each : projection) {
      bits |= each.bit();
    }
    return query(
            namespace,
            recipients,
            bits,
            timeout,
            answer -> false,
            () -> {
              var here = local.localSockets(namespace, recipients, projection);
              return new QueryAnswer(here.size(), here, null);
            })
        .thenApply(responses -> responses.map(QueryAnswer::sockets));
  }

  @Override
  public CompletionStage<HostResponses<Integer>> count(
      String namespace, Recipients recipients, Set<EmitFlag> flags, Duration timeout) {
    if (closed || recipients.nobody() || flags.contains(EmitFlag.LOCAL)) {
      return orClosed(() -> local.count(namespace, recipients, flags, timeout));
    }
    return query(
            namespace,
            recipients,
            0,
            timeout,
            answer -> false,
            () -> new QueryAnswer(local.localCount(namespace, recipients), List.of(), null))
        .thenApply(responses -> responses.map(QueryAnswer::count));
  }

  @Override
  public CompletionStage<Optional<HostId>> find(
      String namespace, SocketId socket, Duration timeout) {
    if (closed || local.isLocal(namespace, socket)) {
      return orClosed(() -> local.find(namespace, socket, timeout));
    }
    Predicate<QueryAnswer> isThere =
        answer -> answer.sockets().stream().anyMatch(found -> found.id().equals(socket));
    return query(
            namespace,
            Recipients.socket(socket),
            QueryResponder.IDS,
            timeout,
            isThere,
            () -> new QueryAnswer(0, List.of(), null))
        .thenApply(responses -> whereItIs(responses, isThere));
  }

  /**
   * Returns the host that has the socket. An empty result means that no host has it, which is
   * certain only if every host could be asked.
   *
   * @throws BackendUnavailableException when the socket was not found and some hosts were not
   *     reached
   */
  private static Optional<HostId> whereItIs(
      HostResponses<QueryAnswer> responses, Predicate<QueryAnswer> isThere) {
    for (Map.Entry<HostId, QueryAnswer> answer : responses.answers().entrySet()) {
      if (isThere.test(answer.getValue())) {
        return Optional.of(answer.getKey());
      }
    }
    List<HostId> unreachable =
        responses.missing().entrySet().stream()
            .filter(missing -> missing.getValue().reason() == Reason.UNREACHABLE)
            .map(Map.Entry::getKey)
            .toList();
    if (!unreachable.isEmpty()) {
      throw new BackendUnavailableException(
          "hosts: " + unreachable + " not reached (expected: all can be asked for a socket)",
          Outcome.UNKNOWN,
          null);
    }
    return Optional.empty();
  }

  @Override
  public CompletionStage<Accepted> serverEmit(String namespace, EventPayload event) {
    return both(
        false,
        () -> new ServerEvent(namespace, null, event),
        () -> local.serverEmit(namespace, event));
  }

  @Override
  public CompletionStage<HostResponses<EventPayload>> serverEmitWithReply(
      String namespace, EventPayload event, Duration timeout) {
    HostRequest<QueryAnswer> request = new HostRequest<>(QueryAnswer::merge, answer -> false);
    ask(request, timeout, false, replyTo -> new ServerEvent(namespace, replyTo, event), () -> {});
    return onCallbacks(request.result())
        .thenApply(responses -> responses.map(answer -> requireNonNull(answer.payload())));
  }

  private CompletionStage<HostResponses<QueryAnswer>> query(
      String namespace,
      Recipients recipients,
      int projection,
      Duration timeout,
      Predicate<QueryAnswer> enough,
      Supplier<QueryAnswer> locally) {
    HostRequest<QueryAnswer> request = new HostRequest<>(QueryAnswer::merge, enough);
    ask(
        request,
        timeout,
        true,
        replyTo -> new Query(namespace, recipients, projection, replyTo),
        () -> request.answered(self, locally.get(), 0, 1));
    return onCallbacks(request.result());
  }

  /**
   * Asks all hosts a question. Encodes the question first, so that an error has no side effect;
   * then asks this host, then publishes. The hosts to wait for are fixed at once, or, shortly after
   * a start or an outage, once the list of hosts can be trusted.
   *
   * @param hereToo whether this host owes an answer, too
   * @param question makes the message from the address for the answers
   * @param locally asks this host
   */
  private void ask(
      ClusterRequest request,
      Duration timeout,
      boolean hereToo,
      Function<ReplyTo, PubSubMessage> question,
      Runnable locally) {
    if (closed) {
      request.fail(new ManagerException(CLOSED));
      return;
    }
    Membership membership = requireNonNull(running, "not started").membership();
    long id = pending.open(request, timeout, () -> admitCutOff(request, membership));
    try {
      int millis = (int) Math.min(TimeUnit.MILLISECONDS.convert(timeout), Integer.MAX_VALUE);
      ReplyTo replyTo = new ReplyTo(id, settings.inboxOf(self), millis);
      ByteBuffer message = MessageCodec.encode(question.apply(replyTo));
      Duration unsettled = membership.selfCheck().unsettled();
      expect(request, hereToo, unsettled.isZero());
      if (!unsettled.isZero()) {
        thread.schedule(unsettled, () -> settle(request, hereToo, membership));
      }
      locally.run();
      publisher()
          .publish(settings.allChannel(), message, Share.QUESTION)
          .whenComplete(
              (accepted, failure) -> {
                if (failure instanceof BackendUnavailableException && !closed) {
                  request.unreachable(self);
                } else if (failure != null) {
                  request.fail(failure);
                }
              });
    } catch (ManagerException | IllegalArgumentException e) {
      request.fail(e);
    }
  }

  /**
   * Fixes the hosts to wait for. A host that is not UP and knows of no other host tries again
   * later, because other hosts may exist.
   */
  private void settle(ClusterRequest request, boolean hereToo, Membership membership) {
    boolean known = membership.state() == BackendState.UP || hosts().size() > 1;
    expect(request, hereToo, known);
    if (!known && !request.result().toCompletableFuture().isDone()) {
      thread.schedule(
          membership.selfCheck().unsettled(), () -> settle(request, hereToo, membership));
    }
  }

  /**
   * Runs at the deadline of a question. A host that is not UP may have reached nobody, so the hosts
   * without an answer are reported as unreachable.
   */
  private void admitCutOff(ClusterRequest request, Membership membership) {
    if (membership.state() != BackendState.UP) {
      request.unreachable(self);
    }
  }

  /**
   * Tells the request which hosts owe an answer.
   *
   * @param all whether no host can be added later
   */
  private void expect(ClusterRequest request, boolean hereToo, boolean all) {
    Set<HostId> asked = new LinkedHashSet<>(hosts());
    if (!hereToo) {
      asked.remove(self);
    }
    request.expect(asked, all);
    // A host that left after the first call of hosts() was reported before this request expected
    // it, so it is reported again.
    Set<HostId> alive = hosts();
    asked.stream().filter(host -> !alive.contains(host)).forEach(request::left);
  }

  private <T> CompletionStage<T> orClosed(Supplier<CompletionStage<T>> locally) {
    return closed
        ? CompletableFuture.failedStage(new ManagerException(CLOSED))
        : onCallbacks(locally.get());
  }

  @Override
  public CompletionStage<Accepted> socketsJoin(
      String namespace, Recipients recipients, Collection<String> rooms, Set<EmitFlag> flags) {
    Set<String> copy = Set.copyOf(rooms);
    return both(
        recipients.nobody() || flags.contains(EmitFlag.LOCAL),
        () -> new Join(namespace, recipients, copy),
        () -> local.socketsJoin(namespace, recipients, copy, flags));
  }

  @Override
  public CompletionStage<Accepted> socketsLeave(
      String namespace, Recipients recipients, Collection<String> rooms, Set<EmitFlag> flags) {
    Set<String> copy = Set.copyOf(rooms);
    return both(
        recipients.nobody() || flags.contains(EmitFlag.LOCAL),
        () -> new Leave(namespace, recipients, copy),
        () -> local.socketsLeave(namespace, recipients, copy, flags));
  }

  @Override
  public CompletionStage<Accepted> closeRoom(String namespace, String room, Set<EmitFlag> flags) {
    return both(
        flags.contains(EmitFlag.LOCAL),
        () -> new CloseRoom(namespace, room),
        () -> local.closeRoom(namespace, room, flags));
  }

  @Override
  public CompletionStage<Accepted> disconnectSockets(
      String namespace, Recipients recipients, boolean closeTransport, Set<EmitFlag> flags) {
    return both(
        recipients.nobody() || flags.contains(EmitFlag.LOCAL),
        () -> new Disconnect(namespace, recipients, closeTransport),
        () -> local.disconnectSockets(namespace, recipients, closeTransport, flags));
  }

  @Override
  public CompletionStage<Void> whenWritable() {
    return publisher().whenWritable();
  }

  @Override
  public void close() {
    close(true);
  }

  /**
   * Closes the manager.
   *
   * @param started whether to say goodbye; false after a failed start, when no broker may be there
   *     and the wait for it would time out
   */
  private void close(boolean started) {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    local.close();
    Running now = running;
    if (now == null) {
      thread.shutdown();
      return;
    }
    now.membership().selfCheck().close();
    if (started) {
      now.publisher().sayGoodbye();
    }
    pending.expireAll();
    now.publisher().release(CLOSED);
  }

  /**
   * Encodes an operation, runs it on this host, and publishes it. It is encoded first, so that an
   * error has no side effect.
   *
   * @param onlyHere whether other hosts need not hear of it
   * @param locally must refuse nothing, because an operation that is published must take effect
   *     here, too
   */
  private CompletionStage<Accepted> both(
      boolean onlyHere, Supplier<PubSubMessage> message, Runnable locally) {
    if (closed) {
      return CompletableFuture.failedStage(new ManagerException(CLOSED));
    }
    try {
      ByteBuffer encoded = onlyHere ? null : MessageCodec.encode(message.get());
      locally.run();
      return encoded == null
          ? CompletableFuture.completedStage(Accepted.LOCALLY)
          : publisher().publish(settings.allChannel(), encoded, Share.NORMAL);
    } catch (ManagerException | IllegalArgumentException e) {
      return CompletableFuture.failedStage(e);
    }
  }

  private PubSubPublisher publisher() {
    return requireNonNull(running, "not started").publisher();
  }

  /**
   * Moves the completion of a stage to the callbacks. A stage that is complete is returned as it
   * is: whatever depends on it runs on the calling thread.
   */
  private <T> CompletionStage<T> onCallbacks(CompletionStage<T> result) {
    if (result.toCompletableFuture().isDone()) {
      return result;
    }
    return result.thenApplyAsync(r -> r, requireNonNull(running, "not started").callbacks());
  }
}
