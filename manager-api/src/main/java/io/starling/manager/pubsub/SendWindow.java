package io.starling.manager.pubsub;

import io.starling.manager.Accepted;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.ManagerException;
import io.starling.manager.pubsub.FrameCodec.Header;
import io.starling.manager.pubsub.Outbox.Entry;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes messages from the outbox, packs them into numbered frames, and publishes these. It keeps a
 * window of frames that the broker has not confirmed yet. After a failure every unconfirmed frame
 * is sent again, oldest first, before any new one (go-back-N). Receivers recognise duplicates by
 * the message numbers. Publisher thread only, except for the methods that say otherwise.
 *
 * <p>No timer collects messages. While a frame to all is in flight, later messages to all wait and
 * then leave together. They do not wait once they fill a frame, or a message for an inbox is
 * queued.
 */
final class SendWindow {
  /** A frame is filled with messages up to this size. A larger message gets a frame of its own. */
  private static final int PACK_BYTES = 64 << 10;

  private static final int MAX_FRAMES_IN_FLIGHT = 8;
  private static final int MAX_BYTES_IN_FLIGHT = 512 << 10;

  /** When a frame is in flight for this time, its connection is replaced. */
  private static final Duration UNCONFIRMED_AFTER = Duration.ofSeconds(10);

  /** When the timer fires later than this, the process itself was paused. */
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private static final long FIRST_RETRY_MILLIS = 50;
  private static final long MAX_RETRY_MILLIS = 2_000;

  private final BusContext context;
  private final PubSubSettings settings;
  private final ManagerThread thread;
  private final Outbox outbox;
  private final SentFrames sentFrames;
  private final OwnFrames ownFrames;

  /** The window: the frames that the broker has not confirmed, oldest first. */
  private final Deque<Sent> unconfirmed = new ArrayDeque<>();

  /**
   * How many losses the back end has reported. The thread of the back end counts each loss at once,
   * so that no frame is sent before {@link #connectionLost} has run on the publisher thread.
   */
  private final AtomicInteger losses = new AtomicInteger();

  private final BooleanSupplier inOrder = this::maySend;

  /** How many of the reported losses {@link #connectionLost} has handled. */
  private int lossesSeen;

  /**
   * The highest generation in which a publish failed. The back end's thread sets it at once, so
   * that no further frame is sent before the publisher thread has handled the failure.
   */
  private final AtomicInteger failedGeneration = new AtomicInteger();

  /** The number of the last message to all. */
  private volatile long lastSeq;

  /**
   * The oldest frame of the window; null when the window is empty. Volatile, because statistics
   * read this field on any thread.
   */
  private volatile @Nullable Sent oldest;

  private int bytesInFlight;

  /**
   * Counts the failures and losses. A frame that was sent in an earlier generation must be sent
   * again.
   */
  private int generation = 1;

  private long retryMillis = FIRST_RETRY_MILLIS;
  private boolean connected;
  private boolean retryPending;

  /** Whether a repair has precedence over a new frame, which alternates. */
  private boolean repeatsNext;

  /** When the broker last confirmed a frame to all. */
  private long lastConfirmedNanos;

  private long lastTickNanos;

  /** When a connection was last replaced because a frame stayed unconfirmed. */
  private long lastDropNanos;

  /** Why the last publish failed; null when the broker took it. */
  private @Nullable Throwable lastFailure;

  /**
   * A frame in the window. Its bytes never change. An entry that has waited too long fails and is
   * removed from the list, but its message stays in the frame.
   */
  private static final class Sent {
    final String channel;
    final ByteBuffer bytes;
    final List<Entry> entries;

    /** The generation in which the frame was last sent; 0 before that. */
    int sentInGeneration;

    long sentNanos;

    /**
     * When the oldest remaining entry was accepted by the outbox, or, for a repair, when it was
     * built.
     */
    volatile long oldestNanos;

    Sent(String channel, ByteBuffer bytes, List<Entry> entries, long oldestNanos) {
      this.channel = channel;
      this.bytes = bytes;
      this.entries = entries;
      this.oldestNanos = oldestNanos;
    }

    /**
     * Removes and returns the entries that were accepted before this time. The frame itself stays
     * in the window.
     */
    List<Entry> expire(long before) {
      List<Entry> late =
          entries.stream().takeWhile(entry -> entry.acceptedNanos() - before < 0).toList();
      entries.subList(0, late.size()).clear();
      if (!entries.isEmpty()) {
        oldestNanos = entries.get(0).acceptedNanos();
      }
      return late;
    }
  }

  SendWindow(BusContext context, Outbox outbox, SentFrames sentFrames, OwnFrames ownFrames) {
    this.context = context;
    this.settings = context.settings();
    this.thread = context.thread();
    this.outbox = outbox;
    this.sentFrames = sentFrames;
    this.ownFrames = ownFrames;
    this.lastConfirmedNanos = thread.nanoTime();
    this.lastTickNanos = lastConfirmedNanos;
    this.lastDropNanos = lastConfirmedNanos - UNCONFIRMED_AFTER.toNanos();
  }

  void connectionRestored() {
    connected = true;
    retryPending = false;
    retryMillis = FIRST_RETRY_MILLIS;
    pump();
  }

  /**
   * The back end reports the loss of its connection. Called on its thread, before {@link
   * #connectionLost}.
   */
  void reportLoss() {
    losses.incrementAndGet();
  }

  /** Handles one reported loss. */
  void connectionLost() {
    connected = false;
    lossesSeen++;
    generation++;
  }

  boolean isEmpty() {
    return unconfirmed.isEmpty() && outbox.peek() == null;
  }

  /** The number of the last message to all. Any thread. */
  long lastSeq() {
    return lastSeq;
  }

  /** A host asks for messages to all again. Repairs and new frames are sent alternately. */
  void repeat(String inbox, long from, long to) {
    sentFrames.request(inbox, from, to);
    pump();
  }

  /**
   * For how long the oldest entry of the window has waited; 0 when the window is empty. Any thread.
   */
  long oldestNanos(long nowNanos) {
    Sent first = oldest;
    return first == null ? 0 : nowNanos - first.oldestNanos;
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
    dropUnconfirmed();
    pump();
  }

  /** Sends every frame that may be sent now. */
  void pump() {
    if (outbox.isClosed()) {
      return;
    }
    expire();
    sentFrames.forgetOld();
    if (connected && !retryPending) {
      for (Sent sent : List.copyOf(unconfirmed)) {
        if (sent.sentInGeneration != generation && maySend()) {
          transmit(sent);
        }
      }
      while (maySend()
          && unconfirmed.size() < MAX_FRAMES_IN_FLIGHT
          && bytesInFlight < MAX_BYTES_IN_FLIGHT) {
        Sent sent = next();
        if (sent == null) {
          return;
        }
        transmit(sent);
      }
    }
  }

  /** Fails every operation that is queued or in flight. Later operations are refused. */
  void failAll(String why) {
    List<Entry> unsent = outbox.close();
    unconfirmed.forEach(sent -> fail(sent.entries, Outcome.UNKNOWN, why));
    unconfirmed.clear();
    oldest = null;
    bytesInFlight = 0;
    fail(unsent, Outcome.NOT_SENT, why);
  }

  /** Builds the next frame and adds it to the window; null when nothing is to be sent. */
  private @Nullable Sent next() {
    repeatsNext = !repeatsNext;
    Sent first = repeatsNext ? packRepeated() : pack();
    Sent sent = first != null ? first : repeatsNext ? pack() : packRepeated();
    if (sent != null) {
      unconfirmed.add(sent);
      oldest = unconfirmed.peek();
      bytesInFlight += sent.bytes.remaining();
    }
    return sent;
  }

  private @Nullable Sent packRepeated() {
    SentFrames.Answer answer = sentFrames.next();
    return answer == null
        ? null
        : new Sent(answer.channel(), answer.frame(), new ArrayList<>(), thread.nanoTime());
  }

  private @Nullable Sent pack() {
    Entry first = outbox.peek();
    if (first == null || gainsByWaiting()) {
      return null;
    }
    outbox.poll();
    List<Entry> entries = new ArrayList<>();
    List<ByteBuffer> messages = new ArrayList<>();
    int size = 0;
    for (Entry entry = first; entry != null; entry = takeIfFits(first, size)) {
      entries.add(entry);
      messages.add(entry.message());
      size += entry.message().remaining();
    }
    boolean numbered = first.channel().equals(settings.allChannel());
    long firstSeq = numbered ? lastSeq + 1 : 0;
    if (numbered) {
      lastSeq = firstSeq + entries.size() - 1;
    }
    Header header =
        new Header(
            context.self(), first.channel(), firstSeq, entries.size(), thread.currentTimeMillis());
    ByteBuffer frame = FrameCodec.encode(header, messages, context.seal());
    if (numbered) {
      sentFrames.add(header, frame.slice(frame.remaining() - size, size));
    }
    return new Sent(first.channel(), frame, entries, first.acceptedNanos());
  }

  /**
   * Whether the next frame should wait for more messages. That is so when a frame to all is in
   * flight, no message for an inbox is queued, and the queued messages do not fill a frame. Small
   * messages are gathered as in Nagle's algorithm (RFC 896).
   */
  private boolean gainsByWaiting() {
    return outbox.queuedBytes() < PACK_BYTES
        && outbox.allForAll()
        && unconfirmed.stream().anyMatch(sent -> sent.channel.equals(settings.allChannel()));
  }

  private @Nullable Entry takeIfFits(Entry first, int size) {
    Entry next = outbox.peek();
    boolean fits =
        next != null
            && next.channel().equals(first.channel())
            && size + next.message().remaining() <= PACK_BYTES;
    return fits ? outbox.poll() : null;
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
    sent.sentInGeneration = sentIn;
    sent.sentNanos = thread.nanoTime();
    if (sent.channel.equals(settings.allChannel())) {
      ownFrames.sending(sent.sentNanos);
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

  private void confirmed(Sent sent, int receivers) {
    if (unconfirmed.remove(sent)) {
      oldest = unconfirmed.peek();
      if (sent.sentInGeneration == generation) {
        retryMillis = FIRST_RETRY_MILLIS;
        lastFailure = null;
      }
      if (sent.channel.equals(settings.allChannel())) {
        lastConfirmedNanos = thread.nanoTime();
      }
      bytesInFlight -= sent.bytes.remaining();
      release(sent.entries);
      count(sent);
      if (receivers == 0 && sent.channel.equals(settings.allChannel())) {
        countUnreceived(sent);
      }
      Accepted accepted = new Accepted(receivers);
      complete(sent.entries, stage -> stage.complete(accepted));
      pump();
    }
  }

  private void count(Sent sent) {
    BusCounters counters = context.counters();
    counters.published.add(sent.entries.size());
    counters.publishedFrames.increment();
    counters.publishedBytes.add(sent.bytes.remaining());
    counters.publishNanos.add(thread.nanoTime() - sent.sentNanos);
  }

  /**
   * Counts the operations in a frame that no subscriber received. Messages that hosts and emitters
   * exchange on their own are not operations.
   */
  private void countUnreceived(Sent sent) {
    long operations =
        sent.entries.stream().filter(entry -> entry.share() != Outbox.Share.RESERVE).count();
    context.counters().unreceived.add(operations);
  }

  private void failed(int failedGeneration, Throwable failure) {
    lastFailure =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (failedGeneration == generation) {
      if (connected) {
        context.listener().connectFailed(lastFailure);
      }
      generation++;
      retryPending = true;
      long jittered = ThreadLocalRandom.current().nextLong(retryMillis / 2, retryMillis + 1);
      retryMillis = Math.min(retryMillis * 2, MAX_RETRY_MILLIS);
      thread.schedule(
          Duration.ofMillis(jittered),
          () -> {
            retryPending = false;
            pump();
          });
    }
  }

  /** Replaces the connection when a frame has been in flight for {@link #UNCONFIRMED_AFTER}. */
  private void dropUnconfirmed() {
    long now = thread.nanoTime();
    if (now - lastTickNanos > PAUSE.toNanos()) {
      unconfirmed.forEach(sent -> sent.sentNanos = now); // Confirmations may still be queued.
    }
    lastTickNanos = now;
    if (connected
        && now - lastDropNanos >= UNCONFIRMED_AFTER.toNanos()
        && unconfirmed.stream()
            .anyMatch(
                sent ->
                    sent.sentInGeneration == generation
                        && now - sent.sentNanos >= UNCONFIRMED_AFTER.toNanos())) {
      lastDropNanos = now;
      context
          .backend()
          .reconnect(
              Direction.PUBLISH,
              new ManagerException(
                  "frame: unconfirmed for "
                      + UNCONFIRMED_AFTER.toSeconds()
                      + " s (expected: the broker confirms it)"));
    }
  }

  /**
   * Fails the entries that have waited for too long. A frame leaves the window together with its
   * last entry, because the broker may still confirm the other entries in time.
   */
  private void expire() {
    long before = thread.nanoTime() - settings.outboxAge().toNanos();
    String why = "outbox: " + settings.outboxAge().toSeconds() + " s (expected: accepted in time)";
    List<Entry> late = new ArrayList<>();
    for (Sent head = unconfirmed.peek();
        head != null && head.oldestNanos - before < 0;
        head = unconfirmed.peek()) {
      late.addAll(head.expire(before));
      if (!head.entries.isEmpty()) {
        break;
      }
      unconfirmed.remove();
      oldest = unconfirmed.peek();
      bytesInFlight -= head.bytes.remaining();
    }
    fail(late, Outcome.UNKNOWN, why);
    late.clear();
    for (Entry head = outbox.peek();
        head != null && head.acceptedNanos() - before < 0;
        head = outbox.peek()) {
      late.add(head);
      outbox.poll();
    }
    fail(late, Outcome.NOT_SENT, why);
  }

  private void fail(List<Entry> entries, Outcome outcome, String why) {
    if (!entries.isEmpty()) {
      BackendUnavailableException failure =
          new BackendUnavailableException(why, outcome, lastFailure);
      release(entries);
      complete(entries, stage -> stage.completeExceptionally(failure));
      context.counters().publishFailures.add(entries.size());
      context.listener().publishFailed(failure);
    }
  }

  /** Frees the room of these entries in the outbox, and completes the stages that wait for room. */
  private void release(List<Entry> entries) {
    entries.forEach(outbox::release);
    List<CompletableFuture<Void>> writable = outbox.nowWritable();
    if (!writable.isEmpty()) {
      context.callbacks().execute(() -> writable.forEach(stage -> stage.complete(null)));
    }
  }

  /**
   * Completes the stages of entries. Stages that users hold complete on the callbacks; all others
   * complete at once.
   */
  private void complete(List<Entry> entries, Consumer<CompletableFuture<Accepted>> completion) {
    List<CompletableFuture<Accepted>> forUsers = new ArrayList<>();
    for (Entry entry : entries) {
      if (entry.forUser()) {
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
