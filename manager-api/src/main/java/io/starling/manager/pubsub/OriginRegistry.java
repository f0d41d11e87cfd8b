package io.starling.manager.pubsub;

import io.starling.manager.HostId;
import io.starling.manager.pubsub.FrameCodec.Header;
import io.starling.manager.pubsub.HeldFrames.Held;
import io.starling.manager.pubsub.PubSubMessage.Departed;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the {@link OriginStream} of each origin, which knows how far the messages of the origin
 * were delivered. A stream is kept for 10 minutes after the last frame, even if the host counts as
 * dead earlier. So a host that comes back after a pause cannot deliver its messages twice. At most
 * 10,000 origins are kept. An origin of which messages are still missing stays longer, unless there
 * are too many. Safe for any thread.
 */
abstract class OriginRegistry {
  private static final int MAX_ORIGINS = 10_000;
  private static final long MAX_SILENCE_NANOS = Duration.ofMinutes(10).toNanos();

  /** The most origins that an answer to a hello names: those that were heard last. */
  private static final int MAX_NAMED = 1_000;

  /** The most bytes of held frames, for all origins together. */
  private static final long MAX_HELD_BYTES = 16L << 20;

  final BusContext context;
  private final AtomicLong heldBytes = new AtomicLong();

  /**
   * Least recently used first. Guarded by itself. While this lock is held, the lock of a stream is
   * taken only to read from it.
   */
  private final Map<HostId, OriginStream> streams = new LinkedHashMap<>(16, 0.75f, true);

  OriginRegistry(BusContext context) {
    this.context = context;
  }

  /**
   * Delivers messages in order. The buffers are valid only during the call. Called without any lock
   * held; must not block.
   */
  abstract void deliver(Header header, List<ByteBuffer> messages);

  /** Whether this origin can be asked to repeat messages. Hosts can; emitters have no inbox. */
  abstract boolean canRepeat(HostId origin);

  /**
   * Whether this host can receive at the moment. While it cannot, no hole is given up and no origin
   * is forgotten.
   */
  abstract boolean hears();

  /**
   * Whether this host was cut off a moment ago. An origin that is new to it may then have begun
   * during the outage.
   */
  abstract boolean returning();

  /**
   * Asks the origin to repeat these messages, both ends included. Called without any lock held;
   * must not block.
   */
  abstract void askAgain(HostId origin, long from, long to);

  /**
   * What this host heard of each origin in the last 10 minutes, latest first, without the asking
   * host.
   */
  List<Departed> known(HostId asking) {
    List<OriginStream> latestFirst = all();
    Collections.reverse(latestFirst);
    return latestFirst.stream()
        .filter(stream -> !isSilent(stream))
        .flatMap(stream -> Stream.ofNullable(stream.known()))
        .filter(heard -> !heard.origin().equals(asking))
        .limit(MAX_NAMED)
        .toList();
  }

  /** A connection of this host is restored: everything that is missing is asked for. */
  void returned() {
    all().forEach(OriginStream::returned);
  }

  private List<OriginStream> all() {
    synchronized (streams) {
      return new ArrayList<>(streams.values());
    }
  }

  /** Returns the stream of this origin, and makes it if there is none. */
  OriginStream stream(HostId origin) {
    OriginStream stream;
    List<OriginStream> evicted = List.of();
    synchronized (streams) {
      stream = streams.get(origin);
      if (stream == null || isForgotten(stream)) {
        stream = new OriginStream(origin, this, returning());
        streams.put(origin, stream);
        evicted = evict();
      }
    }
    evicted.forEach(OriginStream::giveUp);
    return stream;
  }

  /** The bytes of held frames, for all origins together. */
  long heldBytes() {
    return heldBytes.get();
  }

  /**
   * Copies a frame. Returns null when the copies would take more than {@link #MAX_HELD_BYTES}
   * together.
   */
  @Nullable Held copy(Header header, List<ByteBuffer> messages) {
    int bytes = HeldFrames.bytes(messages);
    if (heldBytes.addAndGet(bytes) > MAX_HELD_BYTES) {
      heldBytes.addAndGet(-bytes);
      return null;
    }
    return Held.copyOf(header, messages, bytes);
  }

  /** Gives back the memory of a copy. */
  void released(int bytes) {
    heldBytes.addAndGet(-bytes);
  }

  private boolean isSilent(OriginStream stream) {
    return context.thread().nanoTime() - stream.heardNanos() > MAX_SILENCE_NANOS;
  }

  private boolean isForgotten(OriginStream stream) {
    return isSilent(stream) && hears() && !stream.isMissingAnything();
  }

  /**
   * Removes the streams that are forgotten, and the oldest ones while there are too many. The
   * caller must hold the lock of {@link #streams}.
   *
   * @return the removed streams; the caller must give up their holes without that lock
   */
  private List<OriginStream> evict() {
    List<OriginStream> evicted = new ArrayList<>();
    var oldest = streams.values().iterator();
    while (oldest.hasNext()) {
      OriginStream stream = oldest.next();
      boolean tooMany = streams.size() > MAX_ORIGINS;
      if (!tooMany && !isSilent(stream)) {
        break;
      }
      if (tooMany || isForgotten(stream)) {
        oldest.remove();
        evicted.add(stream);
      }
    }
    return evicted;
  }
}
