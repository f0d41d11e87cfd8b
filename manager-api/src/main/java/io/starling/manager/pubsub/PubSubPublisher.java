package io.starling.manager.pubsub;

import io.starling.manager.Accepted;
import io.starling.manager.BackendState;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.BusCount;
import io.starling.manager.HostId;
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
import io.starling.manager.pubsub.PubSubMessage.Ask;
import io.starling.manager.pubsub.PubSubMessage.Bye;
import io.starling.manager.pubsub.PubSubMessage.Perform;
import io.starling.manager.pubsub.PubSubMessage.ReplyTo;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sending half of the bus. Operations are encoded on the calling thread, queued in the outbox,
 * and published in order on the publisher thread. An emitter consists of this class, which
 * subscribes to nothing, and of a {@link ReplyInbox} if it wants replies.
 *
 * <p>Safe for any thread; nothing blocks except {@link #flush}, {@link #close()} and {@link
 * #abandon()}.
 */
public final class PubSubPublisher implements Operation.Performer, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PubSubPublisher.class);
  private static final Duration TICK = Duration.ofMillis(500);
  private static final Duration DRAIN = Duration.ofSeconds(5);

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
   * Completes when the publisher thread has ended, and with it every task that was queued on it.
   */
  private final CompletableFuture<Void> released = new CompletableFuture<>();

  /** The inbox of an emitter with replies; null without one. Set before the start. */
  private volatile @Nullable ReplyInbox inbox;

  private final List<CountReport> reports;

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
    CountReport refused =
        new CountReport(context, BusCount.REFUSED, ManagerListener::operationsRefused);
    CountReport unreceived =
        new CountReport(context, BusCount.UNRECEIVED, ManagerListener::operationsUnreceived);
    // A host hears its own frames, so it learns in another way when nobody receives them.
    this.reports = repeatableBytes > 0 ? List.of(refused) : List.of(refused, unreceived);
  }

  /**
   * Gives the emitter an inbox, through which it can ask the hosts. Call this at most once, before
   * {@link #start}.
   */
  public ReplyInbox withReplies() {
    ReplyInbox made = new ReplyInbox(context, this);
    inbox = made;
    return made;
  }

  /**
   * Connects. Call this once. Operations that are called before wait in the outbox.
   *
   * @return completes when connected, or at once with {@code keep-trying}. Fails with a {@link
   *     ManagerException} that names the broker without credentials.
   */
  public CompletionStage<Void> start() {
    ReplyInbox hears = inbox;
    EmitterListener listener = new EmitterListener(context, window, hears);
    CompletionStage<Void> connected =
        context.backend().start(listener.directions(), settings, listener);
    return (hears == null ? connected : connected.thenCompose(done -> hears.open()))
        .thenRun(
            () -> {
              started();
              if (!settings.keepTrying()) {
                listener.connected();
              }
              listener.watchInbox();
            })
        // Completes the stage on the common pool. The back end's thread must not run user code, and
        // the user's executor may be busy with a task that waits for this stage.
        .thenRunAsync(() -> {});
  }

  /** Sends these messages to all again, to one inbox. */
  void repeat(String inbox, long from, long to) {
    thread.execute(() -> window.repeat(inbox, from, to));
  }

  /** The back end has started. With {@code keep-trying} it reports its first connection later. */
  void started() {
    if (!settings.keepTrying()) {
      window.connected();
    }
    thread.execute(this::tick);
  }

  /** The frames that are sent and not confirmed. */
  SendWindow window() {
    return window;
  }

  /** The id of this process run, which every message that it sends names as its origin. */
  public HostId id() {
    return context.self();
  }

  /** The bytes that are queued or in flight. */
  public long outboxBytes() {
    return outbox.bytes();
  }

  /**
   * Counters and state of an emitter. The number of hosts is 0, because an emitter hears no host.
   */
  public ManagerStatistics statistics() {
    ReplyInbox hears = inbox;
    return new ManagerStatistics(
        context.events().counts().sums(),
        outbox.bytes(),
        window.oldestOperation(),
        0,
        Duration.ZERO,
        false,
        hears == null ? 0 : hears.size(),
        0,
        state());
  }

  private BackendState state() {
    if (closed) {
      return BackendState.CLOSED;
    }
    if (!window.isConnected()) {
      return BackendState.DOWN;
    }
    boolean deaf = inbox != null && context.events().state() == BackendState.DEGRADED;
    return deaf ? BackendState.DEGRADED : BackendState.UP;
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
    long number = operation instanceof Emit ? emits.incrementAndGet() : 0;
    CompletionStage<Accepted> stage;
    try {
      ByteBuffer message = MessageCodec.encode(new Perform(namespace, operation, number));
      stage = publish(settings.allChannel(), message, Share.NORMAL);
    } catch (ManagerException | IllegalArgumentException e) {
      stage = CompletableFuture.failedStage(e);
    }
    if (number > 0 && stage.toCompletableFuture().isCompletedExceptionally()) {
      emits.compareAndSet(number, number - 1); // The emits of a single thread have no holes.
    }
    return stage;
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
    end("publisher: closed (expected: an open one)");
  }

  private void end(String why) {
    thread.execute(() -> context.events().become(BackendState.CLOSED, null));
    ReplyInbox hears = inbox;
    if (hears != null) {
      hears.close();
    }
    release(why);
  }

  /**
   * Closes at once and says no goodbye, because the origin will go on in another process.
   * Operations that wait fail with {@link Outcome#NOT_SENT}, and those that were sent and not
   * confirmed with {@link Outcome#UNKNOWN}. Idempotent. Blocks until that is done, for a few
   * seconds at most.
   */
  public void abandon() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    end("publisher: abandoned (expected: an open one)");
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
    return awaits(window::isEmpty, atMost);
  }

  /**
   * Blocks until the broker has confirmed each operation that was accepted before this call, or the
   * operation has failed. The stages of these operations complete on the executor of the user,
   * perhaps a moment after this method has returned. If the publisher is closed meanwhile, this
   * method returns once {@link #close()} or {@link #abandon()} has failed the operations that were
   * left. An interrupt does not end the wait.
   *
   * @throws ManagerException when that takes longer than the time-out; the message says how many
   *     operations wait
   */
  public void flush(Duration timeout) {
    long calledNanos = thread.nanoTime();
    if (!outbox.isClosed()
        && !awaits(() -> window.isSentUntil(calledNanos), timeout)
        && !outbox.isClosed()) {
      throw new ManagerException(
          "flush: "
              + window.waiting()
              + " operations wait after "
              + timeout.toMillis()
              + " ms (expected: the broker has taken them)");
    }
  }

  private boolean awaits(BooleanSupplier condition, Duration atMost) {
    CompletableFuture<Boolean> met = new CompletableFuture<>();
    thread.execute(() -> await(condition, met));
    met.completeOnTimeout(false, atMost.toMillis(), TimeUnit.MILLISECONDS);
    CompletableFuture.anyOf(met, released).join();
    return met.getNow(false);
  }

  /** Fails the operations that are left, closes the back end and ends the thread. Blocks. */
  void release(String why) {
    closed = true;
    CompletableFuture<Void> failed =
        CompletableFuture.runAsync(
            () -> {
              window.failAll(why);
              reports.forEach(CountReport::tellNow);
            },
            thread);
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
    released.complete(null);
  }

  /**
   * Looks again every 5 ms whether the condition is met, until somebody has completed the stage.
   */
  private void await(BooleanSupplier condition, CompletableFuture<Boolean> met) {
    try {
      window.pump();
    } finally {
      if (condition.getAsBoolean()) {
        met.complete(true);
      } else if (!met.isDone()) {
        thread.schedule(Duration.ofMillis(5), () -> await(condition, met));
      }
    }
  }

  private void tick() {
    try {
      window.tick();
      reports.forEach(CountReport::tell);
    } finally {
      if (!closed) {
        thread.schedule(TICK, this::tick);
      }
    }
  }
}
