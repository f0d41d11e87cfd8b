package io.starling.manager.pubsub;

import io.starling.manager.Accepted;
import io.starling.manager.BackendState;
import io.starling.manager.BusCount;
import io.starling.manager.HostId;
import io.starling.manager.Question.EmitWithAck;
import io.starling.manager.local.LocalClientManager;
import io.starling.manager.pubsub.FrameCodec.Frame;
import io.starling.manager.pubsub.FrameCodec.Header;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubMessage.Ask;
import io.starling.manager.pubsub.PubSubMessage.Bye;
import io.starling.manager.pubsub.PubSubMessage.Departed;
import io.starling.manager.pubsub.PubSubMessage.Gone;
import io.starling.manager.pubsub.PubSubMessage.Heartbeat;
import io.starling.manager.pubsub.PubSubMessage.Hello;
import io.starling.manager.pubsub.PubSubMessage.Nack;
import io.starling.manager.pubsub.PubSubMessage.Perform;
import io.starling.manager.pubsub.PubSubMessage.Reply;
import io.starling.manager.pubsub.PubSubMessage.ReplyTo;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives the frames that other hosts and emitters publish. The frame header decides whether a
 * frame counts. Each message of the frame then takes effect on the sockets of this process. A
 * malformed frame or message is reported to the listener and dropped; later ones are still
 * received. The back end calls this object on its own threads.
 */
final class BusReceiver extends OriginRegistry implements PubSubBackend.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(BusReceiver.class);
  private static final Duration RELIEF_CHECK = Duration.ofMillis(20);

  /**
   * How much longer than its time-out a question may have been on its way. Clocks drift and brokers
   * are slow.
   */
  private static final Duration LATER = Duration.ofSeconds(10);

  private final LocalClientManager local;
  private final PubSubPublisher publisher;
  private final Membership membership;
  private final PendingRequests pending;
  private final String allChannel;
  private final BusDecoder decoder;
  private final AtomicBoolean paused = new AtomicBoolean();

  BusReceiver(
      BusContext context,
      LocalClientManager local,
      PubSubPublisher publisher,
      Membership membership) {
    super(context);
    this.decoder = new BusDecoder(context.seal(), context.events());
    this.local = local;
    this.publisher = publisher;
    this.membership = membership;
    this.pending = membership.pending();
    this.allChannel = context.settings().allChannel();
  }

  @Override
  public void connectionLost(Direction direction, @Nullable Throwable cause) {
    membership.selfCheck().connectionLost(direction, cause);
  }

  @Override
  public void attemptFailed(Direction direction, Throwable cause) {
    context.events().connectFailed(cause);
  }

  @Override
  public void connectionRestored(Direction direction) {
    membership.selfCheck().connectionRestored(direction);
    context.thread().execute(this::returned);
  }

  @Override
  public void frame(String channel, ByteBuffer bytes) {
    decoder.frame(
        channel,
        bytes,
        frame -> {
          HostId origin = frame.header().origin();
          boolean toAll = channel.equals(allChannel);
          if (origin.equals(context.self())) {
            membership.selfCheck().heardMyself(toAll, frame.header().sentAtMillis());
          } else {
            membership.heard(origin, toAll);
            accept(frame);
            pauseIfOverloaded();
          }
        });
  }

  /**
   * Pauses the back end while the event loops of this process lag behind with what they must send.
   */
  private void pauseIfOverloaded() {
    if (local.isOverloaded() && paused.compareAndSet(false, true)) {
      LOG.warn("The event loops are behind: receiving is paused");
      membership.selfCheck().receptionPaused(true);
      context.backend().pause();
      resumeWhenRelieved();
    }
  }

  private void resumeWhenRelieved() {
    context
        .thread()
        .schedule(
            RELIEF_CHECK,
            () -> {
              if (local.isRelieved()) {
                membership.selfCheck().receptionPaused(false);
                paused.set(false);
                context.backend().resume();
                LOG.info("The event loops have caught up: receiving goes on");
              } else {
                resumeWhenRelieved();
              }
            });
  }

  private void accept(Frame frame) throws MalformedFrameException {
    Header header = frame.header();
    List<ByteBuffer> messages = FrameCodec.split(frame);
    boolean forAll = header.channel().equals(allChannel);
    if (forAll && header.firstSeq() == 0) {
      throw new MalformedFrameException("firstSeq: 0 (expected: at least 1)");
    }
    if (forAll) {
      stream(header.origin()).receive(header, messages, false);
    } else if (header.firstSeq() > 0) {
      stream(header.origin()).receive(header, messages, true);
    } else {
      stream(header.origin()).heardAlone(header);
      deliver(header, messages);
    }
  }

  @Override
  boolean canRepeat(HostId origin) {
    return membership.isHost(origin);
  }

  @Override
  boolean hears() {
    return membership.state() == BackendState.UP && !paused.get();
  }

  @Override
  boolean returning() {
    return membership.selfCheck().returning();
  }

  @Override
  void askAgain(HostId origin, long from, long to) {
    reply(context.settings().inboxOf(origin), new Nack(from, to));
  }

  @Override
  void deliver(Header header, List<ByteBuffer> messages) {
    context.events().counts().add(BusCount.RECEIVED, messages.size());
    decoder.messages(header, messages, (index, message) -> dispatch(header, message));
  }

  private void dispatch(Header header, @Nullable PubSubMessage message) {
    HostId origin = header.origin();
    if (message instanceof Perform perform) {
      local.perform(perform.namespace(), perform.operation());
    } else if (message instanceof Ask ask) {
      answer(header, ask);
    } else if (message instanceof Reply reply) {
      pending.answered(reply.request(), origin, reply.answer());
    } else if (message instanceof Hello hello) {
      membership.joined(origin, hello.release(), hello.ageMillis());
      if (!membership.selfCheck().closed()) {
        Heartbeat answer = membership.heartbeatNow().naming(known(origin));
        reply(context.settings().inboxOf(origin), answer);
      }
    } else if (message instanceof Heartbeat heartbeat) {
      membership.joined(origin, heartbeat.release(), heartbeat.ageMillis());
      membership.listed(origin, heartbeat.heard());
      heartbeat(origin, heartbeat);
    } else if (message instanceof Bye) {
      membership.left(origin);
      stream(origin).left(header.lastSeq() - 1);
    } else if (message instanceof Nack nack) {
      publisher.repeat(context.settings().inboxOf(origin), nack.from(), nack.to());
    } else if (message instanceof Gone gone) {
      stream(origin).gone(gone.from(), gone.to());
    } else if (message != null) {
      throw new AssertionError(message);
    }
  }

  /**
   * Takes the message numbers that a heartbeat names, of the sender and of other origins. They tell
   * which messages this host missed.
   *
   * <p>The first answers after the start of this host only set the marks, because a new host is not
   * owed earlier messages. After an outage this host is owed the numbers that another host names,
   * if that host has answered an earlier hello of this one, or is younger than this one.
   */
  private void heartbeat(HostId origin, Heartbeat heartbeat) {
    OriginStream stream = stream(origin);
    boolean younger = heartbeat.ageMillis() <= membership.ageMillis();
    if (membership.selfCheck().returned() && younger) {
      stream.owed(1, 0, true);
    }
    stream.reached(heartbeat.lastSeq());
    List<Departed> named = heartbeat.departed();
    if (named == null) {
      return;
    }
    boolean owed = (stream.answeredBefore() || younger) && membership.selfCheck().returned();
    for (Departed each : named) {
      if (each.origin().equals(context.self()) || each.origin().equals(origin)) {
        continue;
      }
      if (owed) {
        Set<HostId> heard = heartbeat.heard();
        boolean alive = heard == null || heard.contains(each.origin());
        stream(each.origin()).owed(each.firstSeq(), each.lastSeq(), alive);
      } else {
        stream(each.origin()).heardBefore(each.lastSeq());
      }
    }
  }

  /** Answers a question. The clients get the event of a question that is not answered, too. */
  private void answer(Header header, Ask ask) {
    ReplyTo replyTo = ask.replyTo();
    if (isAnswered(header, replyTo)) {
      if (context.settings().isOfEmitter(replyTo.channel())) {
        introduce(replyTo);
      }
      Duration timeout = Duration.ofMillis(replyTo.timeoutMillis());
      local.answer(ask.namespace(), ask.question(), timeout, new AnswerSender(publisher, replyTo));
    } else if (ask.question() instanceof EmitWithAck asking) {
      local.perform(ask.namespace(), asking.emit());
    }
  }

  /**
   * Tells an emitter that this host owes it an answer, and which other hosts do. Shortly after a
   * start or an outage the list of hosts cannot be trusted yet; then the host tells that once more,
   * at most 1 s later.
   */
  private void introduce(ReplyTo replyTo) {
    Runnable introduction =
        () -> reply(replyTo.channel(), new Reply(replyTo.request(), membership.present()));
    Duration unsettled = membership.selfCheck().unsettled();
    introduction.run();
    if (!unsettled.isZero()) {
      context.thread().schedule(unsettled, introduction);
    }
  }

  /**
   * Whether this host answers a question. It answers only to an inbox channel, and only while the
   * asking host can still wait for the answer.
   */
  private boolean isAnswered(Header header, ReplyTo replyTo) {
    if (!context.settings().isInbox(replyTo.channel())) {
      context
          .events()
          .messageSkipped(
              header.origin(),
              "reply channel: " + replyTo.channel() + " (expected: an inbox of this prefix)");
      return false;
    }
    long ageMillis = stream(header.origin()).lateMillis(header);
    boolean inTime = ageMillis <= replyTo.timeoutMillis() + LATER.toMillis();
    if (!inTime) {
      context
          .events()
          .messageSkipped(
              header.origin(),
              "question: "
                  + ageMillis
                  + " ms old (expected: at most its time-out of "
                  + replyTo.timeoutMillis()
                  + " ms)");
    }
    return inTime;
  }

  private void reply(String channel, PubSubMessage message) {
    CompletionStage<Accepted> sent = publisher.send(channel, message);
    sent.exceptionally(
        failure -> {
          LOG.debug("An answer to {} was not sent", channel, failure);
          return Accepted.LOCALLY;
        });
  }
}
