package io.starling.manager.pubsub;

import io.starling.manager.Accepted;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The bounded queue of encoded messages on their way to the broker, first in, first out. The bound
 * covers the queued messages and those in flight. A full outbox refuses the new message and never
 * drops an old one. Any thread may offer messages; only the publisher thread takes them out.
 */
final class Outbox {
  /** The estimated memory of an entry besides its message, in bytes. */
  private static final long ENTRY_BYTES = 96;

  /**
   * Additional room that only {@link Share#RESERVE} may use: answers, repair requests, hellos,
   * heartbeats and byes.
   */
  private static final long RESERVE_BYTES = 1 << 20;

  private final long maxBytes;
  private final String allChannel;
  private final Queue<Entry> queue = new ConcurrentLinkedQueue<>();

  /** The size of all entries that are queued or in flight. */
  private final AtomicLong bytes = new AtomicLong();

  /**
   * The stage that every caller of {@link #whenWritable()} waits for; null while nobody waits.
   * Guarded by this.
   */
  private @Nullable CompletableFuture<Void> writable;

  private volatile boolean closed;

  /**
   * How many queued messages go to an inbox instead of the channel to all. A message is counted
   * before it is queued, so the count is never too low.
   */
  private final AtomicInteger forInboxes = new AtomicInteger();

  /**
   * The size of the entries that were taken out and not yet released. Only the publisher thread
   * uses this field.
   */
  private long inFlightBytes;

  Outbox(long maxBytes, String allChannel) {
    this.maxBytes = maxBytes;
    this.allChannel = allChannel;
  }

  /** Which part of the bound a message may use, and on which thread its stage completes. */
  enum Share {
    /** An operation of the user. The stage completes on the user's executor of callbacks. */
    NORMAL,
    /**
     * A question to other hosts. The user does not see the stage, which completes on the publisher
     * thread.
     */
    QUESTION,
    /**
     * A message that hosts and emitters exchange on their own. It may exceed the bound by {@link
     * Outbox#RESERVE_BYTES}. The stage completes on the publisher thread.
     */
    RESERVE
  }

  /**
   * One message that the outbox accepted.
   *
   * @param acceptedNanos when it was accepted, by the clock of the manager thread
   * @param stage completes when the broker has taken the message
   */
  record Entry(
      String channel,
      ByteBuffer message,
      long acceptedNanos,
      Share share,
      CompletableFuture<Accepted> stage) {
    /** The memory that this entry takes of the bound. */
    long bytes() {
      return ENTRY_BYTES + message.remaining();
    }
  }

  /**
   * Queues a message.
   *
   * @throws BackendUnavailableException when there is no room, or the outbox is closed
   */
  void offer(Entry entry) {
    long bound = entry.share() == Share.RESERVE ? maxBytes + RESERVE_BYTES : maxBytes;
    long size = entry.bytes();
    long before;
    do {
      before = bytes.get();
      if (before + size > bound) {
        throw new BackendUnavailableException(
            "outbox: " + before + " bytes (expected: room for " + size + " of " + bound + ")",
            Outcome.NOT_SENT,
            null);
      }
    } while (!bytes.compareAndSet(before, before + size));
    countForInboxes(entry, 1);
    queue.add(entry);
    // {@link #close} sets the flag first and then empties the queue. So either close() or this
    // thread takes the entry out, and never both.
    if (closed && queue.remove(entry)) {
      bytes.addAndGet(-size);
      countForInboxes(entry, -1);
      throw new BackendUnavailableException(
          "outbox: closed (expected: an open one)", Outcome.NOT_SENT, null);
    }
  }

  /**
   * Refuses new messages from now on. Called on the publisher thread, which must not poll
   * afterwards.
   *
   * @return the messages that were still queued; the caller must release each of them
   */
  List<Entry> close() {
    closed = true;
    List<Entry> left = new ArrayList<>();
    for (Entry entry = poll(); entry != null; entry = poll()) {
      left.add(entry);
    }
    return left;
  }

  boolean isClosed() {
    return closed;
  }

  /** Returns the oldest queued entry without taking it out. */
  @Nullable Entry peek() {
    return queue.peek();
  }

  /**
   * Takes the oldest entry out. It still counts against the bound until {@link #release}. Publisher
   * thread only.
   */
  @Nullable Entry poll() {
    Entry entry = queue.poll();
    if (entry != null) {
      inFlightBytes += entry.bytes();
      countForInboxes(entry, -1);
    }
    return entry;
  }

  /** Takes out the entries that were accepted before this time. Publisher thread only. */
  List<Entry> pollOlderThan(long nanos) {
    List<Entry> late = new ArrayList<>();
    for (Entry head = queue.peek();
        head != null && head.acceptedNanos() - nanos < 0;
        head = queue.peek()) {
      late.add(head);
      poll();
    }
    return late;
  }

  private void countForInboxes(Entry entry, int change) {
    if (!entry.channel().equals(allChannel)) {
      forInboxes.addAndGet(change);
    }
  }

  /**
   * Frees the room of an entry that was polled, because it was sent or failed. Publisher thread
   * only.
   */
  void release(Entry entry) {
    inFlightBytes -= entry.bytes();
    bytes.addAndGet(-entry.bytes());
  }

  /** The size of the queued entries, without those in flight. Publisher thread only. */
  long queuedBytes() {
    return bytes.get() - inFlightBytes;
  }

  /** Whether every queued message goes to the channel to all. */
  boolean allForAll() {
    return forInboxes.get() == 0;
  }

  /** How many entries are queued. Looks at each of them. */
  int queued() {
    return queue.size();
  }

  /** The size of all entries, queued and in flight. */
  long bytes() {
    return bytes.get();
  }

  /** Completes when at most half of the bound is in use; at once when that is so already. */
  synchronized CompletionStage<Void> whenWritable() {
    if (isWritable()) {
      return CompletableFuture.completedStage(null);
    }
    if (writable == null) {
      writable = new CompletableFuture<>();
    }
    return writable.copy();
  }

  /**
   * Returns the stage of {@link #whenWritable()} if somebody waits and at most half of the bound is
   * in use; else null. The caller must complete the stage.
   */
  synchronized @Nullable CompletableFuture<Void> nowWritable() {
    CompletableFuture<Void> done = isWritable() ? writable : null;
    if (done != null) {
      writable = null;
    }
    return done;
  }

  private boolean isWritable() {
    return bytes.get() <= maxBytes / 2;
  }
}
