package io.starling.manager.pubsub;

import io.starling.manager.pubsub.Outbox.Entry;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A frame in the {@link SendWindow}. Its bytes never change. An entry that has waited too long
 * fails and is removed from the list, but its message stays in the frame. Publisher thread only,
 * except for {@link #oldestNanos}.
 */
final class Sent {
  final String channel;

  /** Whether the frame goes to the channel to all. */
  final boolean toAll;

  final ByteBuffer bytes;
  final List<Entry> entries;

  /** The generation in which the frame was last sent; 0 before that. */
  int generation;

  long sentNanos;

  /**
   * When the oldest remaining entry was accepted by the outbox, or, for a repair, when it was
   * built.
   */
  volatile long oldestNanos;

  Sent(String channel, boolean toAll, ByteBuffer bytes, List<Entry> entries, long oldestNanos) {
    this.channel = channel;
    this.toAll = toAll;
    this.bytes = bytes;
    this.entries = entries;
    this.oldestNanos = oldestNanos;
  }

  /**
   * Removes and returns the entries that were accepted before this time. The frame itself stays in
   * the window.
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
