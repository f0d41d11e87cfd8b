package io.starling.manager.pubsub;

import io.starling.manager.BackendState;
import io.starling.manager.ManagerStatistics;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/**
 * The event counters of one manager or emitter since its start. {@link ManagerStatistics} says what
 * each of them counts. Safe for any thread.
 */
final class BusCounters {
  final LongAdder published = new LongAdder();
  final LongAdder publishedFrames = new LongAdder();
  final LongAdder publishedBytes = new LongAdder();
  final LongAdder publishNanos = new LongAdder();
  final LongAdder publishFailures = new LongAdder();
  final LongAdder received = new LongAdder();
  final LongAdder rejectedFrames = new LongAdder();
  final LongAdder skippedMessages = new LongAdder();
  final LongAdder duplicates = new LongAdder();
  final LongAdder missing = new LongAdder();
  final LongAdder repaired = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder unreceived = new LongAdder();

  /**
   * The values of a statistics snapshot that are read at the moment of the snapshot instead of
   * being counted.
   *
   * @param outboxBytes the bytes that are queued or in flight
   * @param oldest the age of the oldest operation that is queued or in flight
   * @param heldBytes the bytes of frames that are held behind a hole
   * @param ownFrameAge how long ago this host last heard one of its own frames
   * @param pending how many acks and queries still wait for answers
   * @param hosts how many hosts are alive, this one included
   */
  record Standing(
      long outboxBytes,
      Duration oldest,
      long heldBytes,
      Duration ownFrameAge,
      boolean receptionPaused,
      int pending,
      int hosts,
      BackendState state) {}

  ManagerStatistics snapshot(Standing now) {
    return new ManagerStatistics(
        published.sum(),
        publishedFrames.sum(),
        publishedBytes.sum(),
        Duration.ofNanos(publishNanos.sum()),
        publishFailures.sum(),
        received.sum(),
        rejectedFrames.sum(),
        skippedMessages.sum(),
        duplicates.sum(),
        missing.sum(),
        repaired.sum(),
        refused.sum(),
        unreceived.sum(),
        now.outboxBytes(),
        now.oldest(),
        now.heldBytes(),
        now.ownFrameAge(),
        now.receptionPaused(),
        now.pending(),
        now.hosts(),
        now.state());
  }
}
