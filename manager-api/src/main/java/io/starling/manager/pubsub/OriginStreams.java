package io.starling.manager.pubsub;

import io.starling.manager.HostId;
import io.starling.manager.pubsub.FrameCodec.Header;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How far each origin was heard. A stream outlives membership, so that a host that is back after a
 * pause cannot deliver twice: 10 minutes after its last frame, and at most 10,000 of them. Safe for
 * any thread.
 */
final class OriginStreams {
  private static final int MAX_ORIGINS = 10_000;
  private static final long MAX_SILENCE_NANOS = Duration.ofMinutes(10).toNanos();

  /** For all origins together. */
  private static final long MAX_HELD_BYTES = 16L << 20;

  private final BusContext context;
  private final Owner owner;
  private final AtomicLong heldBytes = new AtomicLong();

  /** Least recently heard first. Guarded by itself. */
  private final Map<HostId, OriginStream> streams = new LinkedHashMap<>(16, 0.75f, true);

  /** Who receives. Called under the lock of a stream; must not block. */
  interface Owner {
    /** Messages whose turn it is; the buffers are valid during the call only. */
    void deliver(Header header, List<ByteBuffer> messages);

    /** Whether this origin has an inbox; emitters have none. */
    boolean canRepeat(HostId origin);

    /** Whether anything can be heard now; while it cannot, nothing is given up. */
    default boolean hears() {
      return true;
    }

    /** Asks the origin to repeat these, both included. */
    void askAgain(HostId origin, long from, long to);
  }

  OriginStreams(BusContext context, Owner owner) {
    this.context = context;
    this.owner = owner;
  }

  /** A frame from the channel that everybody hears. */
  void receive(Header header, List<ByteBuffer> messages) {
    getOrMake(header.origin()).receive(header, messages, false);
  }

  /** An origin says how far it is; what it sends to all after that must arrive. */
  void reached(HostId origin, long seq) {
    getOrMake(origin).reached(seq);
  }

  private OriginStream getOrMake(HostId origin) {
    synchronized (streams) {
      OriginStream stream = streams.get(origin);
      if (stream == null) {
        stream = new OriginStream(origin, this);
        streams.put(origin, stream);
        evict(context.thread().nanoTime());
      }
      return stream;
    }
  }

  /** A frame that an origin repeats, from the inbox. */
  void receiveRepeated(Header header, List<ByteBuffer> messages) {
    OriginStream stream = get(header.origin());
    if (stream != null) {
      stream.receive(header, messages, true);
    }
  }

  /** An origin cannot repeat these. */
  void gone(HostId origin, long from, long to) {
    OriginStream stream = get(origin);
    if (stream != null) {
      stream.gone(from, to);
    }
  }

  private @Nullable OriginStream get(HostId origin) {
    synchronized (streams) {
      return streams.get(origin);
    }
  }

  BusContext context() {
    return context;
  }

  void deliver(Header header, List<ByteBuffer> messages) {
    owner.deliver(header, messages);
  }

  boolean hears() {
    return owner.hears();
  }

  void askAgain(HostId origin, long from, long to) {
    owner.askAgain(origin, from, to);
  }

  /** What is held of all origins together. */
  long heldBytes() {
    return heldBytes.get();
  }

  boolean mayHold(HostId origin, int bytes) {
    if (!owner.canRepeat(origin)) {
      return false;
    }
    if (heldBytes.addAndGet(bytes) > MAX_HELD_BYTES) {
      heldBytes.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  void released(int bytes) {
    heldBytes.addAndGet(-bytes);
  }

  private void evict(long nowNanos) {
    var oldest = streams.values().iterator();
    while (oldest.hasNext()) {
      long heardNanos = oldest.next().heardNanos();
      boolean stale = heardNanos != 0 && nowNanos - heardNanos > MAX_SILENCE_NANOS;
      if (!stale && streams.size() <= MAX_ORIGINS) {
        return;
      }
      oldest.remove();
    }
  }
}
