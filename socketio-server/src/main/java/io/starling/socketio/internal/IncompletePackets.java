package io.starling.socketio.internal;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The packets of all connections whose attachments have not all come. A handler can take such a
 * packet only when the rest has come, so not reading from its client frees nothing. While all
 * connections together hold too much, they take turns: one is read from until its packet is
 * complete, the others wait. Safe for any thread.
 */
final class IncompletePackets {
  private final PendingBytes bytes = new PendingBytes();

  // Guarded by this.
  private @Nullable Intake first;
  private final Set<Intake> waiting = new LinkedHashSet<>();

  /** Whether a connection waits; changed with {@link #waiting}. */
  private volatile boolean anyWaits;

  /** What these packets hold, which is a part of what waits in all connections. */
  long bytes() {
    return bytes.sum();
  }

  /** What has come of one connection's packet changed. */
  void changed(long before, long after) {
    bytes.changed(before, after);
  }

  boolean anyWaits() {
    return anyWaits;
  }

  /** Whether it is the turn of a connection; if not, it waits for {@link Intake#goOn}. */
  synchronized boolean isTurnOf(Intake intake) {
    if (first == null || first == intake) {
      first = intake;
      return true;
    }
    waiting.add(intake);
    anyWaits = true;
    return false;
  }

  /** Gives the turn of a connection to the next and lets it wait; false when none waits. */
  boolean pass(Intake intake) {
    synchronized (this) {
      if (first != intake || waiting.isEmpty()) {
        return false;
      }
      waiting.add(intake);
    }
    next(intake);
    return true;
  }

  /** A connection needs no turn any more. */
  void leave(Intake intake) {
    synchronized (this) {
      waiting.remove(intake);
      anyWaits = !waiting.isEmpty();
    }
    next(intake);
  }

  /** There is room again: all that wait go on. */
  void allGoOn() {
    List<Intake> all;
    synchronized (this) {
      all = List.copyOf(waiting);
      waiting.clear();
      anyWaits = false;
    }
    all.forEach(intake -> intake.goOn(false));
  }

  /** Ends the turn of a connection, if it has it. */
  private void next(Intake before) {
    Intake next = null;
    synchronized (this) {
      if (first != before) {
        return;
      }
      if (!waiting.isEmpty()) {
        next = waiting.iterator().next();
        waiting.remove(next);
        anyWaits = !waiting.isEmpty();
      }
      first = next;
    }
    if (next != null) {
      next.goOn(true);
    }
  }
}
