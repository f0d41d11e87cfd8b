package io.starling.manager.pubsub;

import io.starling.manager.Accepted;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.BusCount;
import io.starling.manager.ManagerException;
import io.starling.manager.Tally;
import io.starling.manager.pubsub.Outbox.Entry;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the frames that {@link SentFrames} builds, and keeps a window of those that the broker
 * has not confirmed yet. After a failure every unconfirmed frame is sent again, oldest first,
 * before any new one (go-back-N). Receivers recognise duplicates by the message numbers. Publisher
 * thread only, except for the methods that say otherwise.
 */
final class SendWindow {
  static final int MAX_FRAMES_IN_FLIGHT = 8;
  private static final int MAX_BYTES_IN_FLIGHT = 512 << 10;

  /** When a frame is in flight for this time, its connection is replaced. */
  private static final Duration UNCONFIRMED_AFTER = Duration.ofSeconds(10);

  /** When the timer fires later than this, the process itself was paused. */
  private static final Duration PAUSE = Duration.ofSeconds(5);

  /** For how long an emitter that is connected again waits for the receivers that it had. */
  private static final Duration RECEIVERS_WITHIN = Duration.ofSeconds(3);

  private static final Duration RECEIVERS_RETRY = Duration.ofMillis(100);
  private static final long FIRST_RETRY_MILLIS = 50;
  private static final long MAX_RETRY_MILLIS = 2_000;

  private final BusContext context;
  private final ManagerThread thread;
  private final Outbox outbox;
  private final SentFrames frames;

  /**
   * The window: the frames that the broker has not confirmed, oldest first. Only the publisher
   * thread changes it; statistics look at the oldest frame on any thread.
   */
  private final Queue<Sent> unconfirmed = new ConcurrentLinkedQueue<>();

  /**
   * How many losses the back end has reported. The thread of the back end counts each loss at once,
   * so that no frame is sent before the publisher thread has handled the loss.
   */
  private final AtomicInteger losses = new AtomicInteger();

  private final BooleanSupplier inOrder = this::maySend;

  /** How many of the reported losses the publisher thread has handled. */
  private int lossesSeen;

  /**
   * The highest generation in which a publish failed. The back end's thread sets it at once, so
   * that no further frame is sent before the publisher thread has handled the failure.
   */
  private final AtomicInteger failedGeneration = new AtomicInteger();

  private int bytesInFlight;

  /** How many frames of the window go to all. */
  private int toAllInFlight;

  /**
   * Counts the failures and losses. A frame that was sent in an earlier generation must be sent
   * again.
   */
  private int generation = 1;

  private long retryMillis = FIRST_RETRY_MILLIS;

  /** Volatile, because any thread may ask. */
  private volatile boolean connected;

  private boolean retryPending;

  /** How many subscribers received the last frame to all. */
  private int receivers;

  /**
   * Whether one frame at a time is sent, because the receivers of this emitter may not be connected
   * yet. A host need not care, because it repeats what others have missed.
   */
  private boolean awaitsReceivers;

  /** Whether the broker has told fewer receivers since the outage, and since when. */
  private boolean fewerTold;

  private long fewerSinceNanos;

  /** When the broker last confirmed a frame to all. */
  private long lastConfirmedNanos;

  private long lastTickNanos;

  /** When a connection was last replaced because a frame stayed unconfirmed. */
  private long lastDropNanos;

  /** Why the last publish failed; null when the broker took it. */
  private @Nullable Throwable lastFailure;

  SendWindow(BusContext context, Outbox outbox, SentFrames frames) {
    this.context = context;
    this.thread = context.thread();
    this.outbox = outbox;
    this.frames = frames;
    this.lastConfirmedNanos = thread.nanoTime();
    this.lastTickNanos = lastConfirmedNanos;
    this.lastDropNanos = lastConfirmedNanos - UNCONFIRMED_AFTER.toNanos();
  }

  /**
   * The back end has started. Its connection counts unless a loss was reported before the start was
   * over; then {@link #connectionRestored} follows. Any thread.
   */
  void connected() {
    thread.execute(
        () -> {
          if (losses.get() == 0) {
            resume();
          }
        });
  }

  /** The back end is connected again. Any thread. */
  void connectionRestored() {
    thread.execute(
        () -> {
          // A connection that is lost again meanwhile does not make the wait longer.
          if (!awaitsReceivers) {
            awaitsReceivers = receivers != 0 && !frames.areKept();
            fewerTold = false;
          }
          resume();
        });
  }

  private void resume() {
    connected = true;
    retryPending = false;
    retryMillis = FIRST_RETRY_MILLIS;
    pump();
  }

  /** The back end has lost its connection. Any thread; no frame is sent from now on. */
  void connectionLost() {
    losses.incrementAndGet();
    thread.execute(
        () -> {
          connected = false;
          lossesSeen++;
          generation++;
        });
  }

  /** Any thread. */
  boolean isConnected() {
    return connected;
  }

  boolean isEmpty() {
    return unconfirmed.isEmpty() && outbox.peek() == null;
  }

  /** Whether no operation is queued or in flight that was accepted until this time. */
  boolean isSentUntil(long nanos) {
    Entry queued = outbox.peek();
    Sent sent = unconfirmed.peek();
    return (queued == null || queued.acceptedNanos() - nanos > 0)
        && (sent == null || sent.oldestNanos - nanos > 0);
  }

  /** About how many operations are queued or in flight. Any thread. */
  int waiting() {
    return outbox.queued() + unconfirmed.stream().mapToInt(sent -> sent.entries.size()).sum();
  }

  /** The number of the last message to all. Any thread. */
  long lastSeq() {
    return frames.lastSeq();
  }

  /** A host asks for messages to all again. Repairs and new frames are sent alternately. */
  void repeat(String inbox, long from, long to) {
    frames.request(inbox, from, to);
    pump();
  }

  /** The age of the oldest operation that is queued or in flight. Any thread. */
  Duration oldestOperation() {
    long now = thread.nanoTime();
    Entry queued = outbox.peek();
    Sent sent = unconfirmed.peek();
    long age = queued == null ? 0 : now - queued.acceptedNanos();
    return Duration.ofNanos(sent == null ? age : Math.max(age, now - sent.oldestNanos));
  }

  /** When the broker last confirmed a frame to all. */
  long lastConfirmedNanos() {
    return lastConfirmedNanos;
  }

  /** Why the last publish failed; null when the broker took it. */
  @Nullable Throwable lastFailure() {
    return lastFailure;
  }

  /**
   * Runs twice a second: replaces a connection on which frames stay unconfirmed, and sends what may
   * be sent.
   */
  void tick() {
    frames.forgetOld();
    dropUnconfirmed();
    pump();
  }

  /** Sends every frame that may be sent now. */
  void pump() {
    if (outbox.isClosed()) {
      return;
    }
    expire();
    if (!connected || retryPending) {
      return;
    }
    for (Sent sent : unconfirmed) {
      if (sent.generation != generation && maySend()) {
        transmit(sent);
      }
      if (awaitsReceivers) {
        return;
      }
    }
    while (maySend()
        && unconfirmed.size() < (awaitsReceivers ? 1 : MAX_FRAMES_IN_FLIGHT)
        && bytesInFlight < MAX_BYTES_IN_FLIGHT) {
      Sent sent = frames.next(toAllInFlight > 0);
      if (sent == null) {
        return;
      }
      unconfirmed.add(sent);
      bytesInFlight += sent.bytes.remaining();
      toAllInFlight += sent.toAll ? 1 : 0;
      transmit(sent);
    }
  }

  /** Fails every operation that is queued or in flight. Later operations are refused. */
  void failAll(String why) {
    connected = false;
    List<Entry> unsent = outbox.close();
    unconfirmed.forEach(sent -> fail(sent.entries, Outcome.UNKNOWN, why));
    unconfirmed.clear();
    fail(unsent, Outcome.NOT_SENT, why);
  }

  /**
   * Whether a frame may be sent. After a failed frame no later frame may go out before that frame
   * is sent again. Otherwise a connection that is back in between delivers the later frame first,
   * and receivers drop the earlier one as a duplicate. The back end asks this again, on the
   * publisher thread, after it has chosen the connection.
   */
  private boolean maySend() {
    return failedGeneration.get() < generation && losses.get() == lossesSeen;
  }

  private void transmit(Sent sent) {
    int sentIn = generation;
    sent.generation = sentIn;
    sent.sentNanos = thread.nanoTime();
    if (sent.toAll) {
      context.ownFrames().sending(sent.sentNanos);
    }
    CompletionStage<Integer> published;
    try {
      published = context.backend().publish(sent.channel, sent.bytes.duplicate(), inOrder);
    } catch (Throwable e) {
      published = CompletableFuture.failedStage(e);
    }
    published.whenComplete(
        (receivers, failure) -> {
          if (failure == null) {
            thread.execute(() -> confirmed(sent, receivers));
          } else {
            failedGeneration.accumulateAndGet(sentIn, Math::max);
            thread.execute(() -> failed(sentIn, failure));
          }
        });
  }

  private void confirmed(Sent sent, int told) {
    if (!unconfirmed.contains(sent)) {
      return;
    }
    if (sent.toAll && missesReceivers(sent, told)) {
      lastFailure = null;
      sendAgainAfter(RECEIVERS_RETRY.toMillis());
      return;
    }
    remove(sent);
    if (sent.generation == generation) {
      retryMillis = FIRST_RETRY_MILLIS;
      lastFailure = null;
    }
    if (sent.toAll) {
      lastConfirmedNanos = thread.nanoTime();
      receivers = told;
    }
    count(sent, told);
    Accepted accepted = new Accepted(told);
    complete(sent.entries, stage -> stage.complete(accepted));
    pump();
  }

  /**
   * Whether the first frame to all after an outage reached fewer subscribers than the last one
   * before, and may wait for the others. Those that received it drop the repetition. A frame that
   * would become too old meanwhile does not wait.
   */
  private boolean missesReceivers(Sent sent, int told) {
    long now = thread.nanoTime();
    boolean fewer = told == 0 || (told != Accepted.UNKNOWN && told < receivers);
    if (!fewerTold) {
      fewerTold = fewer;
      fewerSinceNanos = now;
    }
    Duration spare = context.settings().outboxAge().minus(RECEIVERS_WITHIN);
    awaitsReceivers =
        awaitsReceivers
            && fewer
            && now - fewerSinceNanos < RECEIVERS_WITHIN.toNanos()
            && now - sent.oldestNanos < spare.toNanos();
    return awaitsReceivers;
  }

  private void remove(Sent sent) {
    unconfirmed.remove(sent);
    bytesInFlight -= sent.bytes.remaining();
    toAllInFlight -= sent.toAll ? 1 : 0;
  }

  /**
   * Counts a confirmed frame. Operations that no subscriber received are counted, too. Messages
   * that hosts and emitters exchange on their own are not operations.
   */
  private void count(Sent sent, int receivers) {
    Tally<BusCount> counts = context.events().counts();
    counts.add(BusCount.PUBLISHED, sent.entries.size());
    counts.increment(BusCount.PUBLISHED_FRAMES);
    counts.add(BusCount.PUBLISHED_BYTES, sent.bytes.remaining());
    counts.add(BusCount.PUBLISH_NANOS, thread.nanoTime() - sent.sentNanos);
    if (receivers == 0 && sent.toAll) {
      long operations =
          sent.entries.stream().filter(entry -> entry.share() != Outbox.Share.RESERVE).count();
      counts.add(BusCount.UNRECEIVED, operations);
    }
  }

  private void failed(int sentIn, Throwable failure) {
    lastFailure =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (sentIn == generation) {
      if (connected) {
        context.events().connectFailed(lastFailure);
      }
      sendAgainAfter(ThreadLocalRandom.current().nextLong(retryMillis / 2, retryMillis + 1));
      retryMillis = Math.min(retryMillis * 2, MAX_RETRY_MILLIS);
    }
  }

  private void sendAgainAfter(long millis) {
    generation++;
    retryPending = true;
    thread.schedule(
        Duration.ofMillis(millis),
        () -> {
          retryPending = false;
          pump();
        });
  }

  /** Replaces the connection when a frame has been in flight for {@link #UNCONFIRMED_AFTER}. */
  private void dropUnconfirmed() {
    long now = thread.nanoTime();
    if (now - lastTickNanos > PAUSE.toNanos()) {
      unconfirmed.forEach(sent -> sent.sentNanos = now); // Confirmations may still be queued.
    }
    lastTickNanos = now;
    long overdue = now - UNCONFIRMED_AFTER.toNanos();
    if (connected
        && lastDropNanos - overdue <= 0
        && unconfirmed.stream()
            .anyMatch(sent -> sent.generation == generation && sent.sentNanos - overdue <= 0)) {
      lastDropNanos = now;
      String why =
          "frame: unconfirmed for "
              + UNCONFIRMED_AFTER.toSeconds()
              + " s (expected: the broker confirms it)";
      context.backend().reconnect(Direction.PUBLISH, new ManagerException(why));
    }
  }

  /**
   * Fails the entries that have waited for too long. A frame leaves the window together with its
   * last entry, because the broker may still confirm the other entries in time.
   */
  private void expire() {
    Duration age = context.settings().outboxAge();
    long before = thread.nanoTime() - age.toNanos();
    List<Entry> inFlight = new ArrayList<>();
    for (Sent head = unconfirmed.peek();
        head != null && head.oldestNanos - before < 0;
        head = unconfirmed.peek()) {
      inFlight.addAll(head.expire(before));
      if (!head.entries.isEmpty()) {
        break;
      }
      remove(head);
    }
    List<Entry> queued = outbox.pollOlderThan(before);
    String why = "outbox: " + age.toSeconds() + " s (expected: accepted in time)";
    fail(inFlight, Outcome.UNKNOWN, why);
    fail(queued, Outcome.NOT_SENT, why);
  }

  private void fail(List<Entry> entries, Outcome outcome, String why) {
    if (!entries.isEmpty()) {
      BackendUnavailableException failure =
          new BackendUnavailableException(why, outcome, lastFailure);
      complete(entries, stage -> stage.completeExceptionally(failure));
      context.events().counts().add(BusCount.PUBLISH_FAILURES, entries.size());
      context.events().tell(listener -> listener.publishFailed(failure));
    }
  }

  /**
   * Frees the room of these entries in the outbox, and completes their stages and the stages that
   * wait for room. Stages that users hold complete on the callbacks; all others complete at once.
   */
  private void complete(List<Entry> entries, Consumer<CompletableFuture<Accepted>> completion) {
    entries.forEach(outbox::release);
    CompletableFuture<Void> writable = outbox.nowWritable();
    if (writable != null) {
      context.callbacks().execute(() -> writable.complete(null));
    }
    List<CompletableFuture<Accepted>> forUsers = new ArrayList<>();
    for (Entry entry : entries) {
      if (entry.share() == Outbox.Share.NORMAL) {
        forUsers.add(entry.stage());
      } else {
        completion.accept(entry.stage());
      }
    }
    if (!forUsers.isEmpty()) {
      context.callbacks().execute(() -> forUsers.forEach(completion));
    }
  }
}
