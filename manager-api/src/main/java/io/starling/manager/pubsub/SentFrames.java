package io.starling.manager.pubsub;

import io.starling.manager.pubsub.FrameCodec.Header;
import io.starling.manager.pubsub.Outbox.Entry;
import io.starling.manager.pubsub.PubSubMessage.Gone;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Builds the frames that are sent. A new frame gets messages of the outbox, and numbers if it goes
 * to all. The latest of these frames are kept, and sent again to a host that asks for a repair.
 * Publisher thread only, except for {@link #lastSeq()}.
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

  /** A frame is filled with messages up to this size. A larger message gets a frame of its own. */
  private static final int PACK_BYTES = 64 << 10;

  private final BusContext context;
  private final Outbox outbox;
  private final long maxBytes;

  /** The kept frames by the number of their first message. Their numbers are consecutive. */
  private final TreeMap<Long, Kept> frames = new TreeMap<>();

  /**
   * The ranges that each inbox waits for; the inboxes are served in turn. A range is stored as
   * first and last number. The ranges of one inbox do not overlap.
   */
  private final Map<String, TreeMap<Long, Long>> requests = new LinkedHashMap<>();

  private long bytes;

  /** The number of the last message to all. */
  private volatile long lastSeq;

  /** Whether a repair has precedence over a new frame, which alternates. */
  private boolean repairsFirst;

  /**
   * Makes an empty store.
   *
   * @param maxBytes how many bytes of messages are kept; 0 for an emitter, which cannot be asked
   * @param lastSeq the number of the last message to all that this origin sent before; 0 if none
   */
  SentFrames(BusContext context, Outbox outbox, long maxBytes, long lastSeq) {
    this.context = context;
    this.outbox = outbox;
    this.maxBytes = maxBytes;
    this.lastSeq = lastSeq;
  }

  /**
   * A frame that is kept for repairs.
   *
   * @param body all messages, one directly after another
   * @param builtNanos when the frame was built
   */
  private record Kept(Header header, ByteBuffer body, long builtNanos) {}

  /** The number of the last message to all. Any thread. */
  long lastSeq() {
    return lastSeq;
  }

  /** Whether sent frames are kept for repairs, as those of a host are. */
  boolean areKept() {
    return maxBytes > 0;
  }

  /**
   * Builds the next frame; null when nothing is to be sent. Repairs and new frames take turns.
   *
   * @param toAllInFlight whether the broker has not confirmed a frame to all
   */
  @Nullable Sent next(boolean toAllInFlight) {
    repairsFirst = !repairsFirst;
    Sent repair = repairsFirst ? repair() : null;
    if (repair != null) {
      return repair;
    }
    Sent packed = pack(toAllInFlight);
    return packed != null || repairsFirst ? packed : repair();
  }

  /**
   * Packs queued messages into one frame. While a frame to all is in flight, messages to all wait
   * for others, unless they fill a frame or a message for an inbox is queued. Small messages are
   * gathered as in Nagle's algorithm (RFC 896).
   */
  private @Nullable Sent pack(boolean toAllInFlight) {
    Entry first = outbox.peek();
    if (first == null
        || (toAllInFlight && outbox.queuedBytes() < PACK_BYTES && outbox.allForAll())) {
      return null;
    }
    List<Entry> entries = new ArrayList<>();
    List<ByteBuffer> messages = new ArrayList<>();
    int size = 0;
    for (Entry entry = outbox.poll(); entry != null; entry = takeIfFits(first, size)) {
      entries.add(entry);
      messages.add(entry.message());
      size += entry.message().remaining();
    }
    boolean toAll = first.channel().equals(context.settings().allChannel());
    long firstSeq = toAll ? lastSeq + 1 : 0;
    Header header = header(first.channel(), firstSeq, entries.size());
    ByteBuffer frame = FrameCodec.encode(header, messages, context.seal());
    if (toAll) {
      keep(header, frame.slice(frame.remaining() - size, size));
    }
    return new Sent(first.channel(), toAll, frame, entries, first.acceptedNanos());
  }

  private @Nullable Entry takeIfFits(Entry first, int size) {
    Entry next = outbox.peek();
    boolean fits =
        next != null
            && next.channel().equals(first.channel())
            && size + next.message().remaining() <= PACK_BYTES;
    return fits ? outbox.poll() : null;
  }

  private Header header(String channel, long firstSeq, int count) {
    return new Header(
        context.self(), channel, firstSeq, count, context.thread().currentTimeMillis());
  }

  private void keep(Header header, ByteBuffer body) {
    lastSeq = header.lastSeq();
    frames.put(header.firstSeq(), new Kept(header, body, context.thread().nanoTime()));
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
    Map.Entry<Long, Long> near = ranges.floorEntry(to + 1);
    if (near == null || near.getValue() + 1 < from) {
      if (ranges.size() < MAX_RANGES) {
        ranges.put(from, to);
        return;
      }
      near = ranges.lastEntry();
    }
    ranges.remove(near.getKey());
    add(ranges, Math.min(from, near.getKey()), Math.max(to, near.getValue()));
  }

  /**
   * Builds the next frame for a host that asked; null when no request is open. Where frames are no
   * longer kept, the frame holds a {@link Gone}.
   */
  private @Nullable Sent repair() {
    if (requests.isEmpty()) {
      return null;
    }
    Map.Entry<String, TreeMap<Long, Long>> request = requests.entrySet().iterator().next();
    String inbox = request.getKey();
    TreeMap<Long, Long> ranges = request.getValue();
    requests.remove(inbox);
    long from = ranges.firstKey();
    Kept frame = from(from);
    long goneTo = frame == null ? lastSeq : frame.header().firstSeq() - 1;
    boolean gone = frame == null || goneTo >= from;
    serveUpTo(ranges, gone || frame == null ? goneTo : frame.header().lastSeq());
    if (!ranges.isEmpty()) {
      requests.put(inbox, ranges);
    }
    return gone || frame == null
        ? repair(header(inbox, 0, 1), MessageCodec.encode(new Gone(from, goneTo)))
        : repair(frame.header().on(inbox), frame.body());
  }

  private Sent repair(Header header, ByteBuffer body) {
    ByteBuffer frame = FrameCodec.encode(header, List.of(body), context.seal());
    long now = context.thread().nanoTime();
    return new Sent(header.channel(), false, frame, new ArrayList<>(), now);
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

  /** Returns the frame that contains this number, or else the next later one; null without one. */
  private @Nullable Kept from(long seq) {
    Map.Entry<Long, Kept> entry = frames.floorEntry(seq);
    if (entry == null || entry.getValue().header().lastSeq() < seq) {
      entry = frames.higherEntry(seq);
    }
    return entry == null ? null : entry.getValue();
  }
}
