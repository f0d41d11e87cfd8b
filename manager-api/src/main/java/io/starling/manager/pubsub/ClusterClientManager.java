package io.starling.manager.pubsub;

import static java.util.Objects.requireNonNull;

import io.starling.manager.Accepted;
import io.starling.manager.BackendState;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.ClientManager;
import io.starling.manager.HostId;
import io.starling.manager.HostInfo;
import io.starling.manager.LocalServer;
import io.starling.manager.ManagerException;
import io.starling.manager.ManagerListener;
import io.starling.manager.ManagerStatistics;
import io.starling.manager.Operation;
import io.starling.manager.Operation.Emit;
import io.starling.manager.Question;
import io.starling.manager.Question.EmitWithAck;
import io.starling.manager.Question.Find;
import io.starling.manager.Question.ServerEventWithReply;
import io.starling.manager.Scope;
import io.starling.manager.local.Gathering;
import io.starling.manager.local.LocalClientManager;
import io.starling.manager.pubsub.Outbox.Share;
import io.starling.manager.pubsub.PubSubMessage.ReplyTo;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The manager of a host in a cluster. Each operation takes effect on the sockets of this process
 * first and is then published to the other hosts. Operations that other hosts or emitters publish
 * take effect on the sockets of this process and are not passed on. The broker is hidden behind
 * {@link PubSubBackend}. Safe for any thread; nothing blocks except {@link #close()}.
 */
public final class ClusterClientManager implements ClientManager {
  private static final String CLOSED = "manager: closed (expected: an open one)";

  private final PubSubBackend backend;
  private final PubSubSettings settings;
  private final ManagerThread thread;
  private final HostId self = HostId.random();
  private final LocalClientManager local = new LocalClientManager(self);
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
  public ClusterClientManager(PubSubBackend backend, PubSubSettings settings) {
    this(backend, settings, ManagerThread.start("starling-manager-publisher-0"));
  }

  ClusterClientManager(PubSubBackend backend, PubSubSettings settings, ManagerThread thread) {
    this.backend = backend;
    this.settings = settings;
    this.thread = thread;
    this.pending = new PendingRequests(thread);
  }

  @Override
  public CompletionStage<Void> start(
      LocalServer sockets, ManagerListener listener, Executor callbacks) {
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
  public CompletionStage<Accepted> perform(String namespace, Operation operation, Scope scope) {
    if (scope == Scope.LOCAL || operation.recipients().nobody()) {
      return local.perform(namespace, operation, scope);
    }
    ManagerException refusal = local.refusal(operation instanceof Emit);
    if (refusal != null) {
      return CompletableFuture.failedStage(refusal);
    }
    try {
      // The operation is encoded first, so that an error has no side effect.
      ByteBuffer message = running().publisher().encode(namespace, operation);
      local.perform(namespace, operation);
      return running().publisher().publish(settings.allChannel(), message, Share.NORMAL);
    } catch (ManagerException | IllegalArgumentException e) {
      return CompletableFuture.failedStage(e);
    }
  }

  /**
   * Asks all hosts a question. Encodes the question first, so that an error has no side effect;
   * then asks this host, then publishes. The hosts to wait for are fixed at once, or, shortly after
   * a start or an outage, once the list of hosts can be trusted.
   */
  @Override
  public <A> CompletionStage<A> ask(
      String namespace, Question<A> question, Scope scope, Duration timeout) {
    if (scope == Scope.LOCAL
        || question.recipients().nobody()
        || (question instanceof Find find && local.has(namespace, find.socket()))) {
      return local.ask(namespace, question, scope, timeout);
    }
    ManagerException refusal = local.refusal(question instanceof EmitWithAck);
    if (refusal != null) {
      return CompletableFuture.failedStage(refusal);
    }
    Running now = running();
    boolean hereToo = !(question instanceof ServerEventWithReply);
    Gathering<A> answers = new Gathering<>(question);
    long id = pending.open(answers, timeout, () -> admitCutOff(answers, now.membership()));
    try {
      ReplyTo replyTo = ReplyTo.of(id, settings.inboxOf(self), timeout);
      ByteBuffer message = now.publisher().encode(namespace, question, replyTo);
      Duration unsettled = now.membership().selfCheck().unsettled();
      expect(answers, hereToo, unsettled.isZero());
      if (!unsettled.isZero()) {
        thread.schedule(unsettled, () -> settle(answers, hereToo, now.membership()));
      }
      local.answer(namespace, question, timeout, answer -> answers.answered(self, answer));
      now.publisher()
          .publish(settings.allChannel(), message, Share.QUESTION)
          .whenComplete((accepted, failure) -> published(answers, failure));
    } catch (ManagerException | IllegalArgumentException e) {
      answers.fail(e);
    }
    return answers.result(now.callbacks());
  }

  private void published(Gathering<?> answers, @Nullable Throwable failure) {
    if (failure instanceof BackendUnavailableException && !closed) {
      answers.unreachable(self);
    } else if (failure != null) {
      answers.fail(failure);
    }
  }

  /**
   * Fixes the hosts to wait for. A host that is not UP and knows of no other host tries again
   * later, because other hosts may exist.
   */
  private void settle(Gathering<?> answers, boolean hereToo, Membership membership) {
    boolean known = membership.state() == BackendState.UP || hosts().size() > 1;
    expect(answers, hereToo, known);
    if (!known && !answers.isComplete()) {
      thread.schedule(
          membership.selfCheck().unsettled(), () -> settle(answers, hereToo, membership));
    }
  }

  /**
   * Runs at the deadline of a question. A host that is not UP may have reached nobody, so the hosts
   * without an answer are reported as unreachable.
   */
  private void admitCutOff(Gathering<?> answers, Membership membership) {
    if (membership.state() != BackendState.UP) {
      answers.unreachable(self);
    }
  }

  /**
   * Tells the gathering which hosts owe an answer.
   *
   * @param all whether no host can be added later
   */
  private void expect(Gathering<?> answers, boolean hereToo, boolean all) {
    Set<HostId> asked = new LinkedHashSet<>(hosts());
    if (!hereToo) {
      asked.remove(self);
    }
    answers.expect(asked, all);
    // A host that left after the first call of hosts() was reported before its answer was expected,
    // and is therefore reported again.
    Set<HostId> alive = hosts();
    asked.stream().filter(host -> !alive.contains(host)).forEach(answers::left);
  }

  @Override
  public CompletionStage<Void> whenWritable() {
    return running().publisher().whenWritable();
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

  private Running running() {
    return requireNonNull(running, "not started");
  }
}
