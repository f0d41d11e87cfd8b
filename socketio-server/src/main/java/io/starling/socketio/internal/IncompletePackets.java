package io.starling.socketio.internal;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The packets of all connections whose attachments have not all arrived. A handler can take such a
 * packet only when the rest has arrived, so to stop reading from its client would free no memory.
 * When all connections together hold too much, these connections take turns: the server reads from
 * one of them until its packet is complete, while the others wait. Safe for any thread.
 */
final class IncompletePackets {
  private final PendingBytes bytes = new PendingBytes();

  // The lock of this object guards these two fields: the connection that has the turn, null if none
  // has it, and the connections that wait for it, the longest waiting first.
  private @Nullable Intake first;
  private final Set<Intake> waiting = new LinkedHashSet<>();

  /**
   * Whether {@link #waiting} has elements. Changed together with it, under the lock; read by any
   * thread without the lock.
   */
  private volatile boolean anyWaits;

  /** How many bytes these packets hold. {@link Endpoint#pendingBytes} includes them. */
  long bytes() {
    return bytes.sum();
  }

  /** The bytes that have arrived of one connection's packet changed. */
  void changed(long before, long after) {
    bytes.changed(before, after);
  }

  boolean anyWaits() {
    return anyWaits;
  }

  /**
   * Gives a connection the turn if no other has it. If another has the turn, returns false, and the
   * connection waits until {@link Intake#goOn} is called.
   */
  synchronized boolean isTurnOf(Intake intake) {
    if (first == null || first == intake) {
      first = intake;
      return true;
    }
    waiting.add(intake);
    anyWaits = true;
    return false;
  }

  /**
   * Takes the turn from a connection, which waits again, and gives it to the next one. Does nothing
   * and returns false if the connection does not have the turn or no other waits.
   */
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

  /** A connection needs no turn any more. If it has the turn, the next one gets it. */
  void leave(Intake intake) {
    synchronized (this) {
      waiting.remove(intake);
      anyWaits = !waiting.isEmpty();
    }
    next(intake);
  }

  /** There is room again, so all waiting connections go on. */
  void allGoOn() {
    List<Intake> all;
    synchronized (this) {
      all = List.copyOf(waiting);
      waiting.clear();
      anyWaits = false;
    }
    all.forEach(intake -> intake.goOn(false));
  }

  /** If a connection has the turn, gives the turn to the one that has waited longest. */
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
