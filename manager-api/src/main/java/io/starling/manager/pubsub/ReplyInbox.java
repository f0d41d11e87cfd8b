package io.starling.manager.pubsub;

import io.starling.manager.Accepted;
import io.starling.manager.BackendState;
import io.starling.manager.BusCount;
import io.starling.manager.HostId;
import io.starling.manager.HostInfo;
import io.starling.manager.HostResponses;
import io.starling.manager.ManagerException;
import io.starling.manager.Operation;
import io.starling.manager.Question;
import io.starling.manager.Recipients;
import io.starling.manager.Scope;
import io.starling.manager.local.Gathering;
import io.starling.manager.local.LocalClientManager;
import io.starling.manager.pubsub.FrameCodec.Frame;
import io.starling.manager.pubsub.Outbox.Share;
import io.starling.manager.pubsub.PubSubMessage.Heartbeat;
import io.starling.manager.pubsub.PubSubMessage.Reply;
import io.starling.manager.pubsub.PubSubMessage.ReplyTo;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The private inbox of an emitter, with which it can ask the hosts. {@link
 * PubSubPublisher#withReplies()} makes it.
 *
 * <p>An emitter does not know the hosts. Each host that gets a question of an emitter therefore
 * first tells which other hosts there are. A question is complete when at least one host has told
 * that, and every host so named has answered. If no host tells in time, the result lists the host
 * {@link HostId#UNKNOWN} as missing. If the broker says that the question reached nobody, the
 * question ends at once with that result: just after an outage the emitter may be connected before
 * the hosts are.
 *
 * <p>Safe for any thread; nothing blocks.
 */
public final class ReplyInbox implements Operation.Performer, Question.Asker {
  /** When a check comes later than this, the process itself was paused. */
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final BusContext context;
  private final PubSubPublisher publisher;
  private final PendingRequests pending;
  private final BusDecoder decoder;
  private final String channel;
  private final InboxProbe probe = new InboxProbe(OwnFrames.CUT_OFF_AFTER);
  private final Remedies remedies;

  /** Why the inbox counts as deaf; null while it hears. The publisher thread writes this field. */
  private volatile @Nullable Throwable deaf;

  /** When {@link #check} was called last. Publisher thread only. */
  private long checkedNanos;

  /** When the inbox was probed last. Publisher thread only. */
  private long probedNanos;

  ReplyInbox(BusContext context, PubSubPublisher publisher) {
    this.context = context;
    this.publisher = publisher;
    this.pending = new PendingRequests(context.thread());
    this.decoder = new BusDecoder(context.seal(), context.events());
    this.channel = context.settings().replyChannelOf(context.self());
    this.remedies = new Remedies(context, publisher.window(), channel, this::probe);
    this.checkedNanos = context.thread().nanoTime();
    this.probedNanos = checkedNanos;
  }

  /**
   * Subscribes to the inbox. With {@code keep-trying} the stage completes without waiting for the
   * broker.
   */
  CompletionStage<Void> open() {
    CompletionStage<Void> subscribed = context.backend().subscribe(channel);
    if (!context.settings().keepTrying()) {
      return subscribed;
    }
    subscribed.whenComplete(
        (done, failure) -> {
          if (failure != null) {
            context.events().connectFailed(failure);
          }
        });
    return CompletableFuture.completedStage(null);
  }

  /** A frame arrived. Called on the broker's threads. */
  void frame(String arrivedOn, ByteBuffer bytes) {
    decoder.frame(arrivedOn, bytes, this::take);
  }

  private void take(Frame frame) throws MalformedFrameException {
    HostId origin = frame.header().origin();
    if (origin.equals(context.self())) {
      probe.heard();
      context.thread().execute(this::hears);
      return;
    }
    context.events().counts().add(BusCount.RECEIVED, frame.header().count());
    decoder.messages(
        frame.header(),
        FrameCodec.split(frame),
        (index, message) -> {
          if (message instanceof Reply reply) {
            pending.answered(reply.request(), origin, reply.answer());
          } else if (message != null) {
            context.events().messageSkipped(origin, "message: no answer (expected: answers only)");
          }
        });
  }

  private void hears() {
    deaf = null;
    remedies.reset();
  }

  /** Why the inbox counts as deaf; null while it hears. Any thread. */
  @Nullable Throwable deaf() {
    return deaf;
  }

  /**
   * Runs twice a second while both connections are up. Sends a message to this inbox from time to
   * time. If one does not come back, somebody has removed the subscription, or the broker has
   * refused it; then the inbox counts as deaf and is subscribed to again. Publisher thread only.
   */
  void check() {
    long now = context.thread().nanoTime();
    if (now - checkedNanos > PAUSE.toNanos()) {
      probe.heard(); // The message may still be on its way through this process.
    }
    checkedNanos = now;
    if (probe.lost(now, Long.MAX_VALUE)) {
      probe.heard();
      deaf = remedies.inboxDeaf();
    }
    if (probe.due() && now - probedNanos >= ClusterView.HEARTBEAT_AFTER.toNanos()) {
      probe();
    }
  }

  /** Sends a message to this inbox. Publisher thread only. */
  void probe() {
    probedNanos = context.thread().nanoTime();
    probe.queued(context.thread().currentTimeMillis());
    publisher
        .send(channel, new Heartbeat(0, LocalClientManager.RELEASE, 0, null, null))
        .whenComplete(
            (done, failure) -> {
              if (failure == null) {
                probe.confirmed(context.thread().nanoTime());
              } else {
                probe.heard();
              }
            });
  }

  /** How many questions wait for answers. */
  int size() {
    return pending.size();
  }

  /** Completes every question with the answers that have come. */
  void close() {
    pending.expireAll(answers -> answers.othersUnknown(HostId.UNKNOWN));
  }

  @Override
  public CompletionStage<Accepted> perform(String namespace, Operation operation, Scope scope) {
    return publisher.perform(namespace, operation, scope);
  }

  /**
   * Asks all hosts a question. An emitter has no clients, so {@link Scope#LOCAL} asks nobody. The
   * stage fails when the question cannot be encoded or the broker does not take it.
   */
  @Override
  public <A> CompletionStage<A> ask(
      String namespace, Question<A> question, Scope scope, Duration timeout) {
    if (scope == Scope.LOCAL || question.recipients().nobody()) {
      Gathering<A> nobody = new Gathering<>(question);
      nobody.expect(Set.of(), true);
      return nobody.result(context.callbacks());
    }
    return ask(namespace, question, timeout).result(context.callbacks());
  }

  private <A> Gathering<A> ask(String namespace, Question<A> question, Duration timeout) {
    Gathering<A> answers = new Gathering<>(question);
    long id = pending.open(answers, timeout, () -> admit(answers));
    try {
      ReplyTo replyTo = ReplyTo.of(id, channel, timeout);
      ByteBuffer message = publisher.encode(namespace, question, replyTo);
      publisher
          .publish(context.settings().allChannel(), message, Share.QUESTION)
          .whenComplete((accepted, failure) -> published(answers, accepted, failure));
    } catch (ManagerException | IllegalArgumentException e) {
      answers.fail(e);
    }
    return answers;
  }

  private static void published(
      Gathering<?> answers, @Nullable Accepted accepted, @Nullable Throwable failure) {
    if (failure != null) {
      answers.fail(failure);
    } else if (accepted != null && accepted.receivers() == 0) {
      answers.othersUnknown(HostId.UNKNOWN);
      answers.expect(Set.of(), true);
    }
  }

  /** Runs at the deadline of a question: the result must not seem complete if it may not be. */
  private void admit(Gathering<?> answers) {
    answers.othersUnknown(HostId.UNKNOWN);
    if (context.events().state() != BackendState.UP) {
      answers.unreachable(HostId.UNKNOWN);
    }
  }

  /**
   * Asks every host to describe itself. A host of an older release answers with an empty release
   * and the age zero.
   *
   * @param timeout positive. When it has passed, the stage completes with the answers so far
   * @return completes with the hosts that answered, and those that others named but that did not
   */
  public CompletionStage<HostResponses<HostInfo>> hosts(Duration timeout) {
    Recipients nobody = Recipients.rooms(List.of());
    Gathering<HostResponses<Integer>> answers = ask("/", new Question.Count(nobody), timeout);
    return answers
        .result(context.callbacks())
        .thenApply(
            counted -> {
              Map<HostId, HostInfo> hosts = new LinkedHashMap<>();
              counted.answers().keySet().forEach(host -> hosts.put(host, answers.describe(host)));
              return new HostResponses<>(hosts, counted.missing());
            });
  }
}
