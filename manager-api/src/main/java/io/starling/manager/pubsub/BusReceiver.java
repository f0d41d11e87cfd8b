package io.starling.manager.pubsub;

import static java.util.Objects.requireNonNull;

import io.starling.manager.Accepted;
import io.starling.manager.BackendState;
import io.starling.manager.BusCount;
import io.starling.manager.EmitFlag;
import io.starling.manager.HostId;
import io.starling.manager.MessageTooLargeException;
import io.starling.manager.RemoteSocket;
import io.starling.manager.SocketId;
import io.starling.manager.memory.AckRequest;
import io.starling.manager.memory.InMemoryClientManager;
import io.starling.manager.pubsub.FrameCodec.Frame;
import io.starling.manager.pubsub.FrameCodec.Header;
import io.starling.manager.pubsub.Outbox.Share;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubMessage.Ack;
import io.starling.manager.pubsub.PubSubMessage.AckCount;
import io.starling.manager.pubsub.PubSubMessage.Bye;
import io.starling.manager.pubsub.PubSubMessage.CloseRoom;
import io.starling.manager.pubsub.PubSubMessage.Departed;
import io.starling.manager.pubsub.PubSubMessage.Disconnect;
import io.starling.manager.pubsub.PubSubMessage.Emit;
import io.starling.manager.pubsub.PubSubMessage.Gone;
import io.starling.manager.pubsub.PubSubMessage.Heartbeat;
import io.starling.manager.pubsub.PubSubMessage.Hello;
import io.starling.manager.pubsub.PubSubMessage.Join;
import io.starling.manager.pubsub.PubSubMessage.Leave;
import io.starling.manager.pubsub.PubSubMessage.Nack;
import io.starling.manager.pubsub.PubSubMessage.Query;
import io.starling.manager.pubsub.PubSubMessage.QueryResult;
import io.starling.manager.pubsub.PubSubMessage.ReplyTo;
import io.starling.manager.pubsub.PubSubMessage.ServerEvent;
import io.starling.manager.pubsub.PubSubMessage.ServerEventResult;
import io.starling.protocol.payload.EventPayload;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
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
  private static final Set<EmitFlag> NO_FLAGS = Set.of();

  /**
   * How much longer than its time-out a question may have been on its way. Clocks drift and brokers
   * are slow.
   */
  private static final Duration LATER = Duration.ofSeconds(10);

  private final InMemoryClientManager local;
  private final PubSubPublisher publisher;
  private final Membership membership;
  private final QueryResponder queries;
  private final String allChannel;
  private final AtomicBoolean paused = new AtomicBoolean();

  BusReceiver(
      BusContext context,
      InMemoryClientManager local,
      PubSubPublisher publisher,
      Membership membership) {
    super(context);
    this.local = local;
    this.publisher = publisher;
    this.membership = membership;
    this.queries = new QueryResponder(local, publisher, membership.pending());
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
    try {
      Frame frame = FrameCodec.decode(bytes, context.seal());
      Header header = frame.header();
      if (!header.channel().equals(channel)) {
        throw new MalformedFrameException(
            "channel: " + header.channel() + " (expected: " + channel + ")");
      }
      if (header.origin().equals(context.self())) {
        membership.selfCheck().heardMyself(channel.equals(allChannel), header.sentAtMillis());
      } else {
        membership.heard(header.origin(), channel.equals(allChannel));
        accept(frame);
        pauseIfOverloaded();
      }
    } catch (MalformedFrameException e) {
      context.events().frameRejected(channel, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.error("A frame on {} was lost by a defect", channel, e);
      context.events().frameRejected(channel, e.toString());
    }
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
    for (ByteBuffer message : messages) {
      try {
        PubSubMessage decoded = MessageCodec.decode(message);
        if (decoded != null) {
          dispatch(header, decoded);
        }
      } catch (MalformedFrameException | IllegalArgumentException e) {
        context.events().messageSkipped(header.origin(), String.valueOf(e.getMessage()));
      } catch (RuntimeException | Error e) {
        LOG.error("A message of {} was lost by a defect", header.origin(), e);
        context.events().messageSkipped(header.origin(), e.toString());
      }
    }
  }

  private void dispatch(Header header, PubSubMessage message) {
    HostId origin = header.origin();
    if (message instanceof Emit emit) {
      emit(header, emit);
    } else if (message instanceof Ack ack) {
      EventPayload answer = copy(ack.answer());
      membership
          .pending()
          .answer(
              ack.request(),
              AckRequest.class,
              request -> request.answered(origin, ack.socket(), answer));
    } else if (message instanceof AckCount asked) {
      membership
          .pending()
          .answer(
              asked.request(), AckRequest.class, request -> request.asked(origin, asked.count()));
    } else if (message instanceof Join join) {
      local.socketsJoin(join.namespace(), join.recipients(), join.rooms(), NO_FLAGS);
    } else if (message instanceof Leave leave) {
      local.socketsLeave(leave.namespace(), leave.recipients(), leave.rooms(), NO_FLAGS);
    } else if (message instanceof CloseRoom close) {
      local.closeRoom(close.namespace(), close.room(), NO_FLAGS);
    } else if (message instanceof Disconnect disconnect) {
      local.disconnectSockets(
          disconnect.namespace(), disconnect.recipients(), disconnect.closeTransport(), NO_FLAGS);
    } else if (message instanceof Query query) {
      if (isAnswered(header, query.replyTo())) {
        queries.query(query);
      }
    } else if (message instanceof QueryResult result) {
      queries.queryResult(
          origin, result, result.sockets().stream().map(s -> own(origin, s)).toList());
    } else if (message instanceof ServerEvent event) {
      ReplyTo replyTo = event.replyTo();
      if (replyTo == null || isAnswered(header, replyTo)) {
        queries.serverEvent(origin, event, requireNonNull(copy(event.payload())));
      }
    } else if (message instanceof ServerEventResult result) {
      queries.serverEventResult(origin, result, copy(result.answer()));
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
    } else {
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

  private void emit(Header header, Emit emit) {
    ReplyTo replyTo = emit.replyTo();
    if (replyTo == null || !isAnswered(header, replyTo)) {
      local.deliver(emit.namespace(), emit.recipients(), emit.payload(), emit.flags());
      return;
    }
    int asked =
        local.sendExpectingAck(
            emit.namespace(),
            emit.recipients(),
            emit.payload(),
            emit.flags(),
            Duration.ofMillis(replyTo.timeoutMillis()),
            (socket, answer) -> answer(replyTo, socket, answer));
    reply(replyTo.channel(), new AckCount(replyTo.request(), asked));
  }

  private void answer(ReplyTo replyTo, SocketId socket, @Nullable EventPayload answer) {
    try {
      reply(replyTo.channel(), new Ack(replyTo.request(), socket, answer));
    } catch (MessageTooLargeException e) {
      reply(replyTo.channel(), new Ack(replyTo.request(), socket, null));
    }
  }

  private void reply(String channel, PubSubMessage message) {
    CompletionStage<Accepted> sent =
        publisher.publish(channel, MessageCodec.encode(message), Share.RESERVE);
    sent.exceptionally(
        failure -> {
          LOG.debug("An answer to {} was not sent", channel, failure);
          return Accepted.LOCALLY;
        });
  }

  private static RemoteSocket<EventPayload> own(HostId host, RemoteSocket<EventPayload> socket) {
    return new RemoteSocket<>(socket.id(), host, socket.rooms(), copy(socket.data()));
  }

  /** Copies a payload, because the broker's buffer is valid only during the call. */
  private static @Nullable EventPayload copy(@Nullable EventPayload payload) {
    if (payload == null) {
      return null;
    }
    List<ByteBuffer> attachments = new ArrayList<>();
    payload.attachments().forEach(attachment -> attachments.add(copy(attachment)));
    return new EventPayload(copy(payload.json()), attachments);
  }

  private static ByteBuffer copy(ByteBuffer bytes) {
    return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
  }
}
