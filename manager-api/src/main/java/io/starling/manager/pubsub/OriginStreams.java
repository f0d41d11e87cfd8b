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
 * The receiving state of every origin: how far its messages were delivered. The state is kept for
 * 10 minutes after the last frame, even if the host counts as dead earlier. So a host that comes
 * back after a pause cannot deliver its messages twice. At most 10,000 origins are kept. An origin
 * of which messages are still missing stays longer, unless there are too many. Safe for any thread.
 */
final class OriginStreams {
  private static final int MAX_ORIGINS = 10_000;
  private static final long MAX_SILENCE_NANOS = Duration.ofMinutes(10).toNanos();

  /** The most origins that an answer to a hello names: those that were heard last. */
  private static final int MAX_NAMED = 1_000;

  /** The most bytes of held frames, for all origins together. */
  private static final long MAX_HELD_BYTES = 16L << 20;

  private final BusContext context;
  private final Owner owner;
  private final AtomicLong heldBytes = new AtomicLong();

  /**
   * Least recently used first. Guarded by itself. While this lock is held, the lock of a stream is
   * taken only to read from it.
   */
  private final Map<HostId, OriginStream> streams = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * The receiver above: gets the messages in order, and knows the hosts. Called without any lock
   * held; must not block.
   */
  interface Owner {
    /** Delivers messages in order. The buffers are valid only during the call. */
    void deliver(Header header, List<ByteBuffer> messages);

    /** Whether this origin can be asked to repeat messages. Hosts can; emitters have no inbox. */
    boolean canRepeat(HostId origin);

    /**
     * Whether this host can receive at the moment. While it cannot, no hole is given up and no
     * origin is forgotten.
     */
    default boolean hears() {
      return true;
    }

    /**
     * Whether this host was cut off a moment ago. An origin that is new to it may then have begun
     * during the outage.
     */
    default boolean returning() {
      return false;
    }

    /** Asks the origin to repeat these messages, both ends included. */
    void askAgain(HostId origin, long from, long to);
  }

  OriginStreams(BusContext context, Owner owner) {
    this.context = context;
    this.owner = owner;
  }

  /** A frame arrived on the channel to all. */
  void receive(Header header, List<ByteBuffer> messages) {
    getOrMake(header.origin()).receive(header, messages, false);
  }

  /** A frame without numbers arrived in the inbox of this host. */
  void heardAlone(Header header) {
    getOrMake(header.origin()).heardAlone(header);
  }

  /**
   * An origin named its latest message number. Every later message is owed to this host, and every
   * earlier one that it lacks, unless this is the first that it hears of the origin.
   */
  void reached(HostId origin, long seq) {
    getOrMake(origin).reached(seq);
  }

  /**
   * Another host heard this of an origin before this host began to listen. This host is not owed
   * these messages.
   */
  void heardBefore(Departed origin) {
    getOrMake(origin.origin()).heardBefore(origin.lastSeq());
  }

  /**
   * Another host heard these messages of an origin while this host was cut off.
   *
   * @param alive whether that host counts the origin as alive
   */
  void owed(Departed origin, boolean alive) {
    getOrMake(origin.origin()).owed(origin.firstSeq(), origin.lastSeq(), alive);
  }

  /** A host answers a hello. Returns whether it has answered an earlier one. */
  boolean answeredBefore(HostId origin) {
    return getOrMake(origin).answeredBefore();
  }

  /** An origin said goodbye; {@code lastSeq} is the number of its last message before that. */
  void left(HostId origin, long lastSeq) {
    OriginStream stream = get(origin);
    if (stream != null) {
      stream.left(lastSeq);
    }
  }

  /**
   * What this host heard of each origin in the last 10 minutes, latest first, without the asking
   * host.
   */
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

  /** A connection of this host is restored: everything that is missing is asked for. */
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

  /** A repair arrived in the inbox of this host. */
  void receiveRepeated(Header header, List<ByteBuffer> messages) {
    OriginStream stream = get(header.origin());
    if (stream != null) {
      stream.receive(header, messages, true);
    }
  }

  /** An origin no longer has these messages and cannot repeat them. */
  void gone(HostId origin, long from, long to) {
    OriginStream stream = get(origin);
    if (stream != null) {
      stream.gone(from, to);
    }
  }

  /** How many milliseconds later than other frames of its origin a frame arrived. */
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

  /** The bytes of held frames, for all origins together. */
  long heldBytes() {
    return heldBytes.get();
  }

  /**
   * Reserves memory for the copy of a frame. Returns false when {@link #MAX_HELD_BYTES} would be
   * exceeded.
   */
  boolean reserve(int bytes) {
    if (heldBytes.addAndGet(bytes) > MAX_HELD_BYTES) {
      heldBytes.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  /** Gives back the memory of a copy. */
  void released(int bytes) {
    heldBytes.addAndGet(-bytes);
  }

  private boolean isSilent(OriginStream stream) {
    return context.thread().nanoTime() - stream.heardNanos() > MAX_SILENCE_NANOS;
  }

  private boolean isForgotten(OriginStream stream) {
    return isSilent(stream) && owner.hears() && !stream.isMissingAnything();
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
