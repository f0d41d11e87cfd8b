package io.starling.manager.pubsub;

import io.starling.manager.pubsub.FrameCodec.Header;
import io.starling.manager.pubsub.PubSubMessage.Gone;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The latest frames that this host sent to everybody, and who asked for which of them again.
 * Confined to the publisher thread.
 */
final class SentFrames {
  /** What a host keeps. */
  static final long HOST_BYTES = 16L << 20;

  static final Duration MAX_AGE = Duration.ofSeconds(60);
  private static final int MAX_REQUESTS = 1_000;

  private final BusContext context;
  private final long maxBytes;

  /** By their first number; without holes. */
  private final TreeMap<Long, SentFrame> frames = new TreeMap<>();

  /** By the inbox of who asked; served in turn. */
  private final Map<String, Request> requests = new LinkedHashMap<>();

  private long bytes;
  private long lastSeq;

  /**
   * Keeps nothing yet.
   *
   * @param maxBytes 0 for an emitter, which nobody can ask
   */
  SentFrames(BusContext context, long maxBytes) {
    this.context = context;
    this.maxBytes = maxBytes;
  }

  /** A frame and when it was built; the body is all its messages, one after another. */
  private record SentFrame(Header header, ByteBuffer body, long builtNanos) {}

  /** The numbers that somebody still waits for, both included. */
  private record Request(long from, long to) {}

  /** A frame for one inbox. */
  record Answer(String channel, ByteBuffer frame) {}

  void add(Header header, ByteBuffer body) {
    lastSeq = header.lastSeq();
    frames.put(header.firstSeq(), new SentFrame(header, body, context.thread().nanoTime()));
    bytes += body.remaining();
    forgetOld();
  }

  void forgetOld() {
    long oldest = context.thread().nanoTime() - MAX_AGE.toNanos();
    while (bytes > maxBytes
        || (!frames.isEmpty() && frames.firstEntry().getValue().builtNanos() - oldest < 0)) {
      bytes -= frames.pollFirstEntry().getValue().body().remaining();
    }
  }

  /** Somebody asks for these again; numbers that were never sent are ignored. */
  void request(String inbox, long from, long to) {
    Request before = requests.get(inbox);
    long first = before == null ? from : Math.min(from, before.from());
    long last = Math.min(before == null ? to : Math.max(to, before.to()), lastSeq);
    if (first <= last && (before != null || requests.size() < MAX_REQUESTS)) {
      requests.put(inbox, new Request(first, last));
    }
  }

  /** What is to be sent next to somebody who asked; null when nothing is. */
  @Nullable Answer next() {
    if (requests.isEmpty()) {
      return null;
    }
    Map.Entry<String, Request> entry = requests.entrySet().iterator().next();
    String inbox = entry.getKey();
    Request request = entry.getValue();
    requests.remove(inbox);
    SentFrame frame = from(request.from());
    long goneTo = frame == null ? request.to() : frame.header().firstSeq() - 1;
    if (frame == null || goneTo >= request.from()) {
      proceed(inbox, goneTo + 1, request.to());
      return gone(inbox, request.from(), Math.min(goneTo, request.to()));
    }
    proceed(inbox, frame.header().lastSeq() + 1, request.to());
    return new Answer(
        inbox, FrameCodec.encode(frame.header().on(inbox), List.of(frame.body()), context.seal()));
  }

  private void proceed(String inbox, long from, long to) {
    if (from <= to) {
      requests.put(inbox, new Request(from, to));
    }
  }

  private Answer gone(String inbox, long from, long to) {
    Header header = new Header(context.self(), inbox, 0, 1, context.thread().currentTimeMillis());
    ByteBuffer message = MessageCodec.encode(new Gone(from, to));
    return new Answer(inbox, FrameCodec.encode(header, List.of(message), context.seal()));
  }

  /** The frame with this number in it, or the next later one. */
  private @Nullable SentFrame from(long seq) {
    Map.Entry<Long, SentFrame> entry = frames.floorEntry(seq);
    if (entry == null || entry.getValue().header().lastSeq() < seq) {
      entry = frames.higherEntry(seq);
    }
    return entry == null ? null : entry.getValue();
  }
}
