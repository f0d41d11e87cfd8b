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
 * From the outbox to the broker: packs messages into frames, numbers them, keeps a window of frames
 * in flight, and after a failure sends every unconfirmed frame again, oldest first, before any new
 * one (go-back-N). Receivers drop what they had by its number. Confined to the publisher thread.
 *
 * <p>There is no timer for batches: while a frame to all is on its way to the broker, what follows
 * it piles up and leaves together, at the latest when a frame is full or a message for an inbox
 * comes.
 */
final class SendWindow {
  /** A frame takes messages up to this size, or one larger message. */
  private static final int PACK_BYTES = 64 << 10;

  private static final int MAX_FRAMES_IN_FLIGHT = 8;
  private static final int MAX_BYTES_IN_FLIGHT = 512 << 10;

  /** A frame that is in flight for so long drops its connection. */
  private static final Duration UNCONFIRMED_AFTER = Duration.ofSeconds(10);

  /** A tick that is later than this means that the process itself was paused. */
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private static final long FIRST_RETRY_MILLIS = 50;
  private static final long MAX_RETRY_MILLIS = 2_000;

  private final BusContext context;
  private final PubSubSettings settings;
  private final ManagerThread thread;
  private final Outbox outbox;
  private final SentFrames sentFrames;
  private final OwnFrames ownFrames;
  private final Deque<Sent> unconfirmed = new ArrayDeque<>();

  /** How many losses of the connection were reported, known at once, on the back end's thread. */
  private final AtomicInteger losses = new AtomicInteger();

  private final BooleanSupplier inOrder = this::maySend;

  /** How many of the losses this window has taken in. */
  private int lossesSeen;

  /** The latest generation that failed, known as soon as the back end tells, on its thread. */
  private final AtomicInteger failedGeneration = new AtomicInteger();

  private volatile long lastSeq;

  /** The first of what is in flight. */
  private volatile @Nullable Sent oldest;

  private int bytesInFlight;
  private int generation = 1;
  private long retryMillis = FIRST_RETRY_MILLIS;
  private boolean connected;
  private boolean retryPending;
  private boolean repeatsNext;
  private long lastConfirmedNanos;
  private long lastTickNanos;
  private long lastDropNanos;

  /** Why the broker took nothing when it was last asked; null when it did. */
  private @Nullable Throwable lastFailure;

  /** One frame. The bytes never change once built; entries leave when they have waited too long. */
  private static final class Sent {
    final String channel;
    final ByteBuffer bytes;
    final List<Entry> entries;
    int sentInGeneration;
    long sentNanos;

    /** When the oldest entry was accepted, or the frame of a repair was built. */
    volatile long oldestNanos;

    Sent(String channel, ByteBuffer bytes, List<Entry> entries, long oldestNanos) {
      this.channel = channel;
      this.bytes = bytes;
      this.entries = entries;
      this.oldestNanos = oldestNanos;
    }

    /** Takes out the entries that were accepted before this time; the frame itself goes on. */
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

  /** The back end reports a loss; on its thread, before {@link #connectionLost}. */
  void reportLoss() {
    losses.incrementAndGet();
  }

  /** Takes in one reported loss. */
  void connectionLost() {
    connected = false;
    lossesSeen++;
    generation++;
  }

  boolean isEmpty() {
    return unconfirmed.isEmpty() && outbox.peek() == null;
  }

  /** The number of the last message to everybody; any thread. */
  long lastSeq() {
    return lastSeq;
  }

  /** Somebody asks for what was sent to all; it takes turns with what is new. */
  void repeat(String inbox, long from, long to) {
    sentFrames.request(inbox, from, to);
    pump();
  }

  /** How long the oldest of what is in flight has waited; any thread. */
  long oldestNanos(long nowNanos) {
    Sent first = oldest;
    return first == null ? 0 : nowNanos - first.oldestNanos;
  }

  /** When the broker last took a frame for everybody. */
  long lastConfirmedNanos() {
    return lastConfirmedNanos;
  }

  /** Why the broker took nothing when it was last asked; null when it did. */
  @Nullable Throwable lastFailure() {
    return lastFailure;
  }

  /** Looks, twice a second, whether what is in flight still moves, and sends what may be sent. */
  void tick() {
    dropUnconfirmed();
    pump();
  }

  /** Sends whatever may be sent now. */
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

  /** Fails everything that is left, and what still comes. */
  void failAll(String why) {
    List<Entry> unsent = outbox.close();
    unconfirmed.forEach(sent -> fail(sent.entries, Outcome.UNKNOWN, why));
    unconfirmed.clear();
    oldest = null;
    bytesInFlight = 0;
    fail(unsent, Outcome.NOT_SENT, why);
  }

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
   * Whether the next frame goes to all and may still grow: one to all is in flight, nothing for an
   * inbox would wait behind it, and it is not full. So small messages do as in Nagle's algorithm,
   * RFC 896.
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
   * Nothing follows a frame that failed before that frame went out again: a broker that is back in
   * between would deliver the later one first, and the earlier one would count as a duplicate. The
   * back end asks once more when it has chosen the connection, on this thread.
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

  /** Operations that nobody heard. What hosts and emitters say of themselves is none. */
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

  /** A frame in flight that the broker does not confirm shows that its connection is of no use. */
  private void dropUnconfirmed() {
    long now = thread.nanoTime();
    if (now - lastTickNanos > PAUSE.toNanos()) {
      unconfirmed.forEach(sent -> sent.sentNanos = now); // The process was paused.
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

  /** A frame is given up with its last entry: the others may still be accepted in time. */
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

  private void release(List<Entry> entries) {
    entries.forEach(outbox::release);
    List<CompletableFuture<Void>> writable = outbox.nowWritable();
    if (!writable.isEmpty()) {
      context.callbacks().execute(() -> writable.forEach(stage -> stage.complete(null)));
    }
  }

  /** Users' stages complete where they want; nothing internal waits for that. */
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
