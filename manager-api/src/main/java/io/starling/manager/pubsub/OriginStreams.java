package io.starling.manager.pubsub;

import io.starling.manager.HostId;
import io.starling.manager.ManagerListener;
import io.starling.manager.pubsub.FrameCodec.Header;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How far each origin was heard on the channel that everybody hears: what came before is a
 * duplicate, a jump is a gap. A mark outlives membership, so that a host that is back after a pause
 * cannot deliver twice. Guarded by itself.
 */
final class OriginStreams {
  private static final int MAX_ORIGINS = 10_000;
  private static final long MAX_SILENCE_NANOS = Duration.ofMinutes(10).toNanos();

  /** Least recently heard first. */
  private final Map<HostId, Mark> marks = new LinkedHashMap<>(16, 0.75f, true);

  private final ManagerListener listener;

  OriginStreams(ManagerListener listener) {
    this.listener = listener;
  }

  /** The last number heard of an origin, and when. */
  private static final class Mark {
    long seq;
    long heardNanos;

    Mark(long seq) {
      this.seq = seq;
    }
  }

  /**
   * Advances the mark of a frame's origin.
   *
   * @return how many messages at its start were heard before: 0 for a new frame, all of them for a
   *     duplicate
   */
  int advance(Header header, long nowNanos) {
    long last = header.firstSeq() + header.count() - 1;
    long before;
    synchronized (this) {
      Mark mark = marks.get(header.origin());
      if (mark == null) {
        mark = new Mark(header.firstSeq() - 1);
        marks.put(header.origin(), mark);
        evict(nowNanos);
      }
      before = mark.seq;
      if (last > before) {
        mark.seq = last;
        mark.heardNanos = nowNanos;
      }
    }
    if (last <= before) {
      listener.duplicateDropped(header.origin(), header.firstSeq(), header.count());
      return header.count();
    }
    if (header.firstSeq() > before + 1) {
      listener.gap(header.origin(), before + 1, header.firstSeq() - 1);
    }
    return (int) Math.max(0, before - header.firstSeq() + 1);
  }

  private void evict(long nowNanos) {
    var oldest = marks.values().iterator();
    while (oldest.hasNext()) {
      Mark mark = oldest.next();
      boolean stale = mark.heardNanos != 0 && nowNanos - mark.heardNanos > MAX_SILENCE_NANOS;
      if (!stale && marks.size() <= MAX_ORIGINS) {
        return;
      }
      oldest.remove();
    }
  }
}
