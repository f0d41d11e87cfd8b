package io.starling.manager.pubsub;

import io.starling.manager.BackendState;
import io.starling.manager.ManagerStatistics;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Counts what happens in one manager or emitter. Safe for any thread. */
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

  ManagerStatistics snapshot(long outboxBytes, int pending, int hosts, BackendState state) {
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
        outboxBytes,
        pending,
        hosts,
        state);
  }
}
