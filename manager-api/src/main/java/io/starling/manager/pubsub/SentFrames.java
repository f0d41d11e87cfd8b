package io.starling.manager.pubsub;

import io.starling.manager.pubsub.FrameCodec.Header;
import io.starling.manager.pubsub.PubSubMessage.Gone;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The latest frames that this host sent to all, and the repair requests of other hosts. Publisher
 * thread only.
 */
final class SentFrames {
  /** How many bytes of messages a host keeps. */
  static final long HOST_BYTES = 16L << 20;

  /** How long a frame is kept. */
  static final Duration MAX_AGE = Duration.ofSeconds(60);

  /**
   * The most inboxes that may wait for repairs at the same time; requests of others are ignored.
   */
  private static final int MAX_REQUESTS = 1_000;

  /**
   * The most ranges of numbers that are kept for one inbox. Further numbers extend a range that is
   * there, so that more than necessary is repeated.
   */
  private static final int MAX_RANGES = 1_000;

  private final BusContext context;
  private final long maxBytes;

  /** The kept frames by the number of their first message. Their numbers are consecutive. */
  private final TreeMap<Long, SentFrame> frames = new TreeMap<>();

  /**
   * The ranges that each inbox waits for; the inboxes are served in turn. A range is stored as
   * first and last number. The ranges of one inbox do not overlap.
   */
  private final Map<String, TreeMap<Long, Long>> requests = new LinkedHashMap<>();

  private long bytes;
  private long lastSeq;

  /**
   * Makes an empty store.
   *
   * @param maxBytes how many bytes of messages are kept; 0 for an emitter, which cannot be asked
   */
  SentFrames(BusContext context, long maxBytes) {
    this.context = context;
    this.maxBytes = maxBytes;
  }

  /**
   * A sent frame.
   *
   * @param body all messages, one directly after another
   * @param builtNanos when the frame was built
   */
  private record SentFrame(Header header, ByteBuffer body, long builtNanos) {}

  /** A frame that goes to one inbox: a repair, or the message that frames are gone. */
  record Answer(String channel, ByteBuffer frame) {}

  void add(Header header, ByteBuffer body) {
    lastSeq = header.lastSeq();
    frames.put(header.firstSeq(), new SentFrame(header, body, context.thread().nanoTime()));
    bytes += body.remaining();
    forgetOld();
  }

  /** Drops the oldest frames beyond {@code maxBytes} and {@link #MAX_AGE}. */
  void forgetOld() {
    long oldest = context.thread().nanoTime() - MAX_AGE.toNanos();
    while (bytes > maxBytes
        || (!frames.isEmpty() && frames.firstEntry().getValue().builtNanos() - oldest < 0)) {
      bytes -= frames.pollFirstEntry().getValue().body().remaining();
    }
  }

  /**
   * A host asks for these messages again, both ends included. Numbers that were never used are
   * ignored.
   */
  void request(String inbox, long from, long to) {
    TreeMap<Long, Long> ranges = requests.get(inbox);
    if (from > Math.min(to, lastSeq) || (ranges == null && requests.size() >= MAX_REQUESTS)) {
      return;
    }
    if (ranges == null) {
      ranges = new TreeMap<>();
      requests.put(inbox, ranges);
    }
    add(ranges, from, Math.min(to, lastSeq));
  }

  /** Adds a range and joins it with ranges that overlap or touch it. */
  private static void add(NavigableMap<Long, Long> ranges, long from, long to) {
    long first = from;
    long last = to;
    Map.Entry<Long, Long> near = ranges.floorEntry(last + 1);
    if (ranges.size() >= MAX_RANGES && (near == null || near.getValue() + 1 < first)) {
      near = ranges.lastEntry();
      first = Math.min(first, near.getKey());
      last = Math.max(last, near.getValue());
      near = ranges.floorEntry(last + 1);
    }
    while (near != null && near.getValue() + 1 >= first) {
      first = Math.min(first, near.getKey());
      last = Math.max(last, near.getValue());
      ranges.remove(near.getKey());
      near = ranges.floorEntry(last + 1);
    }
    ranges.put(first, last);
  }

  /**
   * Returns the next frame to send to a host that asked; null when no request is open. Where frames
   * are no longer kept, the result is a {@link Gone}.
   */
  @Nullable Answer next() {
    if (requests.isEmpty()) {
      return null;
    }
    Map.Entry<String, TreeMap<Long, Long>> entry = requests.entrySet().iterator().next();
    String inbox = entry.getKey();
    TreeMap<Long, Long> ranges = entry.getValue();
    requests.remove(inbox);
    long from = ranges.firstKey();
    SentFrame frame = from(from);
    long goneTo = frame == null ? lastSeq : frame.header().firstSeq() - 1;
    boolean gone = frame == null || goneTo >= from;
    serveUpTo(ranges, gone || frame == null ? goneTo : frame.header().lastSeq());
    if (!ranges.isEmpty()) {
      requests.put(inbox, ranges);
    }
    return gone || frame == null
        ? gone(inbox, from, goneTo)
        : new Answer(
            inbox,
            FrameCodec.encode(frame.header().on(inbox), List.of(frame.body()), context.seal()));
  }

  /** Removes the numbers up to {@code served} from the ranges. */
  private static void serveUpTo(NavigableMap<Long, Long> ranges, long served) {
    while (!ranges.isEmpty() && ranges.firstKey() <= served) {
      long last = ranges.pollFirstEntry().getValue();
      if (last > served) {
        ranges.put(served + 1, last);
      }
    }
  }

  private Answer gone(String inbox, long from, long to) {
    Header header = new Header(context.self(), inbox, 0, 1, context.thread().currentTimeMillis());
    ByteBuffer message = MessageCodec.encode(new Gone(from, to));
    return new Answer(inbox, FrameCodec.encode(header, List.of(message), context.seal()));
  }

  /** Returns the frame that contains this number, or else the next later one; null without one. */
  private @Nullable SentFrame from(long seq) {
    Map.Entry<Long, SentFrame> entry = frames.floorEntry(seq);
    if (entry == null || entry.getValue().header().lastSeq() < seq) {
      entry = frames.higherEntry(seq);
    }
    return entry == null ? null : entry.getValue();
  }
}
