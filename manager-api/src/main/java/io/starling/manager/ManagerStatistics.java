package io.starling.manager;

import java.time.Duration;
import java.util.Map;

/**
 * The counters of a manager or emitter since it was created, and its current state. Counters never
 * decrease.
 *
 * @param counts the counters; {@link #get} reads one of them
 * @param outboxBytes bytes of messages that are queued or not yet confirmed
 * @param oldestOperation how long the oldest of these messages has waited
 * @param heldBytes bytes of frames that wait because an earlier frame of their sender is missing
 * @param ownFrameAge how long ago this host last received a frame of its own back from the broker;
 *     zero for an emitter
 * @param receptionPaused whether this host has stopped reading from the broker, because its event
 *     loops are behind
 * @param pendingRequests requests for acknowledgements and queries that wait for answers
 * @param hosts how many hosts are alive, this one included; 0 for an emitter
 * @param state the state of the connection to the broker
 */
public record ManagerStatistics(
    Map<BusCount, Long> counts,
    long outboxBytes,
    Duration oldestOperation,
    long heldBytes,
    Duration ownFrameAge,
    boolean receptionPaused,
    int pendingRequests,
    int hosts,
    BackendState state) {
  /** Copies the counters. */
  public ManagerStatistics {
    counts = Map.copyOf(counts);
  }

  /** Returns the statistics of a manager that has used no broker. */
  public static ManagerStatistics alone(BackendState state) {
    return new ManagerStatistics(Map.of(), 0, Duration.ZERO, 0, Duration.ZERO, false, 0, 1, state);
  }

  /** The value of one counter. */
  public long get(BusCount count) {
    return counts.getOrDefault(count, 0L);
  }
}
