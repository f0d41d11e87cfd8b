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
 * Encoded messages on their way to the broker: first in, first out. The bound covers what is queued
 * and what is in flight; a full outbox refuses the new message, never an old one. Messages are
 * offered on any thread and taken by the publisher thread.
 */
final class Outbox {
  /** What an entry costs beside its message. */
  private static final long ENTRY_BYTES = 96;

  /** Room beyond the bound for answers, hellos and byes. */
  private static final long RESERVE_BYTES = 1 << 20;

  private final long maxBytes;
  private final String allChannel;
  private final Queue<Entry> queue = new ConcurrentLinkedQueue<>();
  private final AtomicLong bytes = new AtomicLong();
  private final List<CompletableFuture<Void>> waiting = new ArrayList<>();
  private volatile boolean closed;

  /** How many queued messages are not for the channel to all; counted before they can be seen. */
  private final AtomicInteger forInboxes = new AtomicInteger();

  /** What of the bytes was polled; owned by the publisher thread. */
  private long inFlightBytes;

  Outbox(long maxBytes, String allChannel) {
    this.maxBytes = maxBytes;
    this.allChannel = allChannel;
  }

  /** What a message may use of the bound, and where its stage completes. */
  enum Share {
    /** An operation of the user's. Its stage completes on the executor of callbacks. */
    NORMAL,
    /** A question. Its stage is not the user's and completes on the publisher thread. */
    QUESTION,
    /**
     * What hosts tell each other, beyond the bound. Its stage completes on the publisher thread.
     */
    RESERVE
  }

  /** One accepted message. */
  record Entry(
      String channel,
      ByteBuffer message,
      long acceptedNanos,
      Share share,
      CompletableFuture<Accepted> stage) {
    long bytes() {
      return ENTRY_BYTES + message.remaining();
    }

    /** Whether code of the user's may depend on the stage. */
    boolean forUser() {
      return share == Share.NORMAL;
    }
  }

  /**
   * Queues a message.
   *
   * @throws BackendUnavailableException when there is no room, or never will be
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
    // Whoever closes empties the queue afterwards, so one of both takes the entry out.
    if (closed && queue.remove(entry)) {
      bytes.addAndGet(-size);
      countForInboxes(entry, -1);
      throw new BackendUnavailableException(
          "outbox: closed (expected: an open one)", Outcome.NOT_SENT, null);
    }
  }

  /**
   * Refuses what is offered from now on. On the publisher thread, which polls no more afterwards.
   *
   * @return what was queued; each counts as polled
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

  @Nullable Entry peek() {
    return queue.peek();
  }

  @Nullable Entry poll() {
    Entry entry = queue.poll();
    if (entry != null) {
      inFlightBytes += entry.bytes();
      countForInboxes(entry, -1);
    }
    return entry;
  }

  private void countForInboxes(Entry entry, int change) {
    if (!entry.channel().equals(allChannel)) {
      forInboxes.addAndGet(change);
    }
  }

  /** An entry that was polled is done with. */
  void release(Entry entry) {
    inFlightBytes -= entry.bytes();
    bytes.addAndGet(-entry.bytes());
  }

  /** Queued alone; on the publisher thread. */
  long queuedBytes() {
    return bytes.get() - inFlightBytes;
  }

  /** Whether nothing is queued but for the channel to all. */
  boolean allForAll() {
    return forInboxes.get() == 0;
  }

  /** Queued and in flight. */
  long bytes() {
    return bytes.get();
  }

  /** Completes when half of the bound is free again; at once when it is. */
  CompletionStage<Void> whenWritable() {
    CompletableFuture<Void> writable = new CompletableFuture<>();
    synchronized (waiting) {
      if (!isWritable()) {
        waiting.add(writable);
        return writable;
      }
    }
    writable.complete(null);
    return writable;
  }

  /** Those who wait, when they need not any more; to be completed by the caller. */
  List<CompletableFuture<Void>> nowWritable() {
    synchronized (waiting) {
      if (waiting.isEmpty() || !isWritable()) {
        return List.of();
      }
      List<CompletableFuture<Void>> all = List.copyOf(waiting);
      waiting.clear();
      return all;
    }
  }

  private boolean isWritable() {
    return bytes.get() <= maxBytes / 2;
  }
}
