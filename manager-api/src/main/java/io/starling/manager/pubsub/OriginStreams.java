package io.starling.manager.pubsub;

import io.starling.manager.HostId;
import io.starling.manager.pubsub.FrameCodec.Header;
import io.starling.manager.pubsub.PubSubMessage.Departed;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How far each origin was heard. A stream outlives membership, so that a host that is back after a
 * pause cannot deliver twice: 10 minutes after its last frame, and at most 10,000 of them. A stream
 * that still waits for something stays longer. Safe for any thread.
 */
final class OriginStreams {
  private static final int MAX_ORIGINS = 10_000;
  private static final long MAX_SILENCE_NANOS = Duration.ofMinutes(10).toNanos();

  /** So many origins are named to a host that asks, those that were heard last. */
  private static final int MAX_NAMED = 1_000;

  /** For all origins together. */
  private static final long MAX_HELD_BYTES = 16L << 20;

  private final BusContext context;
  private final Owner owner;
  private final AtomicLong heldBytes = new AtomicLong();

  /** Least recently heard first. Guarded by itself; no stream is locked inside but to look. */
  private final Map<HostId, OriginStream> streams = new LinkedHashMap<>(16, 0.75f, true);

  /** Receives what the streams let through. Called with no lock held; must not block. */
  interface Owner {
    /** Messages whose turn it is; the buffers are valid during the call only. */
    void deliver(Header header, List<ByteBuffer> messages);

    /** Whether this origin has an inbox; emitters have none. */
    boolean canRepeat(HostId origin);

    /** Whether anything can be heard now; while it cannot, nothing is given up or forgotten. */
    default boolean hears() {
      return true;
    }

    /** Whether this host was cut off a moment ago, so that an origin may have begun meanwhile. */
    default boolean returning() {
      return false;
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

  /** A frame without numbers came, to this host alone. */
  void heardAlone(Header header) {
    getOrMake(header.origin()).heardAlone(header);
  }

  /** An origin says how far it is; what it sends to all after that must arrive. */
  void reached(HostId origin, long seq) {
    getOrMake(origin).reached(seq);
  }

  /** Another host had heard this before this host began to listen; nothing of it is owed. */
  void heardBefore(Departed origin) {
    getOrMake(origin.origin()).heardBefore(origin.lastSeq());
  }

  /**
   * Another host heard this of an origin while this host was cut off.
   *
   * @param alive whether that host takes the origin for alive
   */
  void owed(Departed origin, boolean alive) {
    getOrMake(origin.origin()).owed(origin.firstSeq(), origin.lastSeq(), alive);
  }

  /** An origin that is a host answers a hello; returns whether it did before. */
  boolean answeredBefore(HostId origin) {
    return getOrMake(origin).answeredBefore();
  }

  /** An origin said goodbye, after this number. */
  void left(HostId origin, long lastSeq) {
    OriginStream stream = get(origin);
    if (stream != null) {
      stream.left(lastSeq);
    }
  }

  /** What was heard of each origin in the last 10 minutes, but of the one that wants to know. */
  List<Departed> known(HostId asking) {
    List<Departed> known = new ArrayList<>();
    List<OriginStream> latestFirst = all();
    Collections.reverse(latestFirst);
    for (OriginStream stream : latestFirst) {
      Departed heard = isSilent(stream) ? null : stream.known();
      if (heard != null && !heard.origin().equals(asking)) {
        known.add(heard);
        if (known.size() == MAX_NAMED) {
          break;
        }
      }
    }
    return known;
  }

  /** A connection is back: everything that is missing is asked for. */
  void returned() {
    all().forEach(OriginStream::returned);
  }

  private List<OriginStream> all() {
    synchronized (streams) {
      return new ArrayList<>(streams.values());
    }
  }

  private OriginStream getOrMake(HostId origin) {
    OriginStream stream;
    List<OriginStream> evicted = List.of();
    synchronized (streams) {
      stream = streams.get(origin);
      if (stream == null || isForgotten(stream)) {
        stream = new OriginStream(origin, this, owner.returning());
        streams.put(origin, stream);
        evicted = evict();
      }
    }
    evicted.forEach(OriginStream::giveUp);
    return stream;
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

  /** How much later than others of its origin a frame came. */
  long lateMillis(Header header) {
    OriginStream stream = get(header.origin());
    return stream == null ? 0 : stream.lateMillis(header);
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

  boolean canRepeat(HostId origin) {
    return owner.canRepeat(origin);
  }

  void askAgain(HostId origin, long from, long to) {
    owner.askAgain(origin, from, to);
  }

  /** What is held of all origins together. */
  long heldBytes() {
    return heldBytes.get();
  }

  /** Makes room for a copy; false when there is too much of them. */
  boolean reserve(int bytes) {
    if (heldBytes.addAndGet(bytes) > MAX_HELD_BYTES) {
      heldBytes.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  void released(int bytes) {
    heldBytes.addAndGet(-bytes);
  }

  private boolean isSilent(OriginStream stream) {
    return context.thread().nanoTime() - stream.heardNanos() > MAX_SILENCE_NANOS;
  }

  private boolean isForgotten(OriginStream stream) {
    return isSilent(stream) && owner.hears() && !stream.isMissingAnything();
  }

  /** Takes out what is forgotten, and what exceeds the bound. */
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
