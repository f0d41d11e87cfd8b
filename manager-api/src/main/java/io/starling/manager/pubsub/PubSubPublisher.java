package io.starling.manager.pubsub;

import io.starling.manager.Accepted;
import io.starling.manager.BackendState;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.BusCount;
import io.starling.manager.ManagerException;
import io.starling.manager.ManagerListener;
import io.starling.manager.ManagerStatistics;
import io.starling.manager.MessageTooLargeException;
import io.starling.manager.Operation;
import io.starling.manager.Operation.Emit;
import io.starling.manager.Question;
import io.starling.manager.Question.EmitWithAck;
import io.starling.manager.Scope;
import io.starling.manager.pubsub.Outbox.Entry;
import io.starling.manager.pubsub.Outbox.Share;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubMessage.Ask;
import io.starling.manager.pubsub.PubSubMessage.Bye;
import io.starling.manager.pubsub.PubSubMessage.Perform;
import io.starling.manager.pubsub.PubSubMessage.ReplyTo;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sending half of the bus. Operations are encoded on the calling thread, queued in the outbox,
 * and published in order on the publisher thread. An emitter consists of this class alone and
 * subscribes to nothing.
 *
 * <p>Safe for any thread; nothing blocks except {@link #close()}.
 */
public final class PubSubPublisher implements Operation.Performer, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PubSubPublisher.class);
  private static final Duration TICK = Duration.ofMillis(500);
  private static final Duration DRAIN = Duration.ofSeconds(5);

  /** The shortest time between two reports of refused operations. */
  private static final Duration REFUSED_AGAIN = Duration.ofMinutes(1);

  private final BusContext context;
  private final PubSubSettings settings;
  private final ManagerThread thread;
  private final Outbox outbox;
  private final SendWindow window;
  private final AtomicLong emits;

  /** Whether a task that sends is already queued on the publisher thread. */
  private final AtomicBoolean pumpScheduled = new AtomicBoolean();

  private volatile boolean closed;

  /**
   * How many refused operations the listener was told of. Only the publisher thread uses this
   * field.
   */
  private long refusedTold;

  /**
   * When the listener was last told of refused operations. Only the publisher thread uses this
   * field.
   */
  private long refusedToldNanos;

  /**
   * Makes the publisher of an emitter. Nothing is connected yet.
   *
   * @param backend a back end that is not started and not used by anyone else
   * @param callbacks the executor on which stages complete
   */
  public static PubSubPublisher create(
      PubSubBackend backend,
      PubSubSettings settings,
      ManagerListener listener,
      Executor callbacks) {
    return emitter(
        new BackendLookup.Chosen(backend, settings), PubSubOrigin.random(), listener, callbacks);
  }

  /**
   * Makes the publisher of an emitter from a broker URL. Nothing is connected yet.
   *
   * @throws IllegalArgumentException when the URL is not valid; the message lists every fault
   */
  public static PubSubPublisher create(String url, ManagerListener listener, Executor callbacks) {
    return create(url, PubSubOrigin.random(), listener, callbacks);
  }

  /**
   * Makes the publisher of an emitter that goes on under an id that it had before. Nothing is
   * connected yet.
   *
   * @param origin the id, and the number of the last message that need not be sent again
   * @throws IllegalArgumentException when the URL is not valid; the message lists every fault
   */
  public static PubSubPublisher create(
      String url, PubSubOrigin origin, ManagerListener listener, Executor callbacks) {
    return emitter(BackendLookup.create(url, "emitter"), origin, listener, callbacks);
  }

  private static PubSubPublisher emitter(
      BackendLookup.Chosen chosen,
      PubSubOrigin origin,
      ManagerListener listener,
      Executor callbacks) {
    ManagerThread thread = ManagerThread.start("starling-emitter-publisher-0");
    BusContext context =
        new BusContext(
            origin.id(), chosen.settings(), chosen.backend(), thread, listener, callbacks);
    return new PubSubPublisher(context, 0, origin.lastNumber());
  }

  /**
   * Makes a publisher.
   *
   * @param repeatableBytes how many bytes of sent messages are kept for repairs; 0 for an emitter
   */
  PubSubPublisher(BusContext context, long repeatableBytes) {
    this(context, repeatableBytes, 0);
  }

  /**
   * Makes a publisher that goes on after earlier messages.
   *
   * @param lastNumber the number of the last message to all, which was an emit
   */
  PubSubPublisher(BusContext context, long repeatableBytes, long lastNumber) {
    this.context = context;
    this.settings = context.settings();
    this.thread = context.thread();
    this.outbox = new Outbox(settings.outboxBytes(), settings.allChannel());
    SentFrames frames = new SentFrames(context, outbox, repeatableBytes, lastNumber);
    this.window = new SendWindow(context, outbox, frames);
    this.emits = new AtomicLong(lastNumber);
  }

  /**
   * Connects. Call this once. Operations that are called before wait in the outbox.
   *
   * @return completes when connected, or at once with {@code keep-trying}. Fails with a {@link
   *     ManagerException} that names the broker without credentials.
   */
  public CompletionStage<Void> start() {
    PubSubBackend.Listener listener =
        new PubSubBackend.Listener() {
          @Override
          public void frame(String channel, ByteBuffer frame) {}

          @Override
          public void connectionLost(Direction direction, @Nullable Throwable cause) {
            window.connectionLost();
            Throwable reason =
                cause != null
                    ? cause
                    : new ManagerException("broker: connection lost (expected: it lasts)");
            become(BackendState.DOWN, reason);
          }

          @Override
          public void attemptFailed(Direction direction, Throwable cause) {
            context.events().connectFailed(cause);
          }

          @Override
          public void connectionRestored(Direction direction) {
            window.connectionRestored();
            become(BackendState.UP, null);
          }
        };
    return context
        .backend()
        .start(EnumSet.of(Direction.PUBLISH), settings, listener)
        .thenRun(
            () -> {
              started();
              if (!settings.keepTrying()) {
                become(BackendState.UP, null);
              }
            })
        // Completes the stage on the common pool. The back end's thread must not run user code, and
        // the user's executor may be busy with a task that waits for this stage.
        .thenRunAsync(() -> {});
  }

  /** Changes the state of an emitter. On a host {@link Membership} does that. */
  private void become(BackendState state, @Nullable Throwable cause) {
    thread.execute(() -> context.events().become(state, cause));
  }

  /** Sends these messages to all again, to one inbox. */
  void repeat(String inbox, long from, long to) {
    thread.execute(() -> window.repeat(inbox, from, to));
  }

  /** The back end has started. With {@code keep-trying} it reports its first connection later. */
  void started() {
    if (!settings.keepTrying()) {
      window.connectionRestored();
    }
    thread.execute(this::tick);
  }

  /** The frames that are sent and not confirmed. */
  SendWindow window() {
    return window;
  }

  /** The bytes that are queued or in flight. */
  public long outboxBytes() {
    return outbox.bytes();
  }

  /**
   * Counters and state of an emitter. The number of hosts is 0, because an emitter hears no host.
   */
  public ManagerStatistics statistics() {
    BackendState open = window.isConnected() ? BackendState.UP : BackendState.DOWN;
    return new ManagerStatistics(
        context.events().counts().sums(),
        outbox.bytes(),
        window.oldestOperation(),
        0,
        Duration.ZERO,
        false,
        0,
        0,
        closed ? BackendState.CLOSED : open);
  }

  /** Completes when the outbox is at most half full; at once when it is already. */
  public CompletionStage<Void> whenWritable() {
    return outbox.whenWritable();
  }

  @Override
  public CompletionStage<Accepted> perform(String namespace, Operation operation, Scope scope) {
    if (scope == Scope.LOCAL || operation.recipients().nobody()) {
      return CompletableFuture.completedStage(Accepted.LOCALLY);
    }
    try {
      return publish(settings.allChannel(), encode(namespace, operation), Share.NORMAL);
    } catch (ManagerException | IllegalArgumentException e) {
      return CompletableFuture.failedStage(e);
    }
  }

  /** Encodes an operation. The emits of this origin are numbered. */
  ByteBuffer encode(String namespace, Operation operation) {
    if (!(operation instanceof Emit)) {
      return MessageCodec.encode(new Perform(namespace, operation, 0));
    }
    long number = emits.incrementAndGet();
    try {
      return MessageCodec.encode(new Perform(namespace, operation, number));
    } catch (MessageTooLargeException e) {
      emits.compareAndSet(number, number - 1); // The emits of a single thread have no holes.
      throw e;
    }
  }

  /** Encodes a question. */
  ByteBuffer encode(String namespace, Question<?> question, ReplyTo replyTo) {
    long number = question instanceof EmitWithAck ? emits.incrementAndGet() : 0;
    return MessageCodec.encode(new Ask(namespace, question, number, replyTo));
  }

  /**
   * Refuses new operations, sends the queued ones for at most 5 s, fails the rest, and closes the
   * back end. Idempotent. Blocks until that is done.
   */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    sayGoodbye();
    become(BackendState.CLOSED, null);
    release("publisher: closed (expected: an open one)");
  }

  /**
   * Closes at once and says no goodbye, because the origin will go on in another process.
   * Operations that wait fail with {@link Outcome#NOT_SENT}, those in flight with {@link
   * Outcome#UNKNOWN}; all of these come after the operations that were confirmed before.
   * Idempotent. Blocks until that is done, for a few seconds at most.
   */
  public void abandon() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    release("publisher: abandoned (expected: an open one)");
  }

  /**
   * Queues an encoded message. The stage completes when the broker has taken the message, on the
   * thread that the {@link Share} names. The returned stage has failed when the message is refused.
   */
  CompletionStage<Accepted> publish(String channel, ByteBuffer message, Share share) {
    CompletableFuture<Accepted> stage = new CompletableFuture<>();
    try {
      if (share != Share.RESERVE) {
        checkAccepts();
      }
      outbox.offer(new Entry(channel, message, thread.nanoTime(), share, stage));
    } catch (BackendUnavailableException e) {
      if (!closed && !outbox.isClosed()) {
        context.events().counts().increment(BusCount.REFUSED);
      }
      return CompletableFuture.failedStage(e);
    }
    if (pumpScheduled.compareAndSet(false, true)) {
      thread.execute(
          () -> {
            pumpScheduled.set(false);
            window.pump();
          });
    }
    return stage;
  }

  /**
   * Queues a message that hosts exchange on their own. The stage completes on the publisher thread.
   */
  CompletionStage<Accepted> send(String channel, PubSubMessage message) {
    return publish(channel, MessageCodec.encode(message), Share.RESERVE);
  }

  private void checkAccepts() {
    if (closed) {
      throw new BackendUnavailableException(
          "publisher: closed (expected: an open one)", Outcome.NOT_SENT, null);
    }
    if (context.callbacks().isFull()) {
      throw new BackendUnavailableException(
          "callbacks: " + Callbacks.MAX_WAITING + " wait (expected: their executor takes them)",
          Outcome.NOT_SENT,
          null);
    }
  }

  /**
   * Sends the queued messages and then a {@link Bye}, for at most 5 s together. The bye has the
   * number after the last message, so that a receiver notices messages that it missed. No bye is
   * sent while not connected.
   */
  void sayGoodbye() {
    long sinceNanos = thread.nanoTime();
    if (drain(DRAIN) && window.lastSeq() > 0 && window.isConnected()) {
      send(settings.allChannel(), new Bye(window.lastSeq()));
      drain(DRAIN.minusNanos(thread.nanoTime() - sinceNanos));
    }
  }

  /** Blocks until every queued message is confirmed. Returns false if that takes too long. */
  boolean drain(Duration atMost) {
    CompletableFuture<Boolean> drained = new CompletableFuture<>();
    thread.execute(() -> awaitEmpty(drained));
    return drained.completeOnTimeout(false, atMost.toMillis(), TimeUnit.MILLISECONDS).join();
  }

  /** Fails the operations that are left, closes the back end and ends the thread. Blocks. */
  void release(String why) {
    closed = true;
    CompletableFuture<Void> failed = CompletableFuture.runAsync(() -> window.failAll(why), thread);
    context.backend().close(DRAIN);
    failed
        .exceptionally(
            defect -> {
              LOG.error("The operations that were left could not be ended", defect);
              return null;
            })
        .completeOnTimeout(null, DRAIN.toMillis(), TimeUnit.MILLISECONDS)
        .join();
    thread.shutdown();
  }

  private void awaitEmpty(CompletableFuture<Boolean> drained) {
    try {
      window.pump();
    } finally {
      if (window.isEmpty()) {
        drained.complete(true);
      } else {
        thread.schedule(Duration.ofMillis(5), () -> awaitEmpty(drained));
      }
    }
  }

  /**
   * Tells the listener how many operations were refused: soon after the first, then at most once a
   * minute.
   */
  private void tellRefused() {
    long now = thread.nanoTime();
    long count = context.events().counts().sum(BusCount.REFUSED) - refusedTold;
    if (count > 0 && (refusedTold == 0 || now - refusedToldNanos >= REFUSED_AGAIN.toNanos())) {
      refusedTold += count;
      refusedToldNanos = now;
      context.events().tell(listener -> listener.operationsRefused(count));
    }
  }

  private void tick() {
    try {
      window.tick();
      tellRefused();
    } finally {
      if (!closed) {
        thread.schedule(TICK, this::tick);
      }
    }
  }
}
