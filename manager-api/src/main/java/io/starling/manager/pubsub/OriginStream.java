package io.starling.manager.pubsub;

import io.starling.manager.HostId;
import io.starling.manager.pubsub.FrameCodec.Header;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One origin as a receiver sees it, on the channel that everybody hears: delivers its messages once
 * and in the order of their numbers. What follows a hole is held back while the origin is asked to
 * repeat what is missing; if nothing moves for 5 s, the hole is reported and what was held is
 * delivered. Safe for any thread: messages are delivered under the lock of this object, because two
 * threads may hear one origin while it repeats.
 */
final class OriginStream {
  /** Longer than both hosts may take to be connected again, 2 s each at most. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration ASK_AGAIN = Duration.ofMillis(500);

  private final HostId origin;
  private final OriginStreams streams;

  /** Frames behind a hole, by their first number. */
  private final TreeMap<Long, Held> held = new TreeMap<>();

  /** The last number that was delivered, or given up. */
  private long mark;

  /** Where the first frame must follow at the latest; −1 when nobody said. */
  private long expectedAfter = -1;

  private boolean heardAny;

  private volatile long heardNanos;
  private ManagerThread.@Nullable Cancellable deadline;

  /** A frame of its own, not the broker's. */
  private record Held(Header header, List<ByteBuffer> messages, int bytes) {}

  OriginStream(HostId origin, OriginStreams streams) {
    this.origin = origin;
    this.streams = streams;
  }

  /** The origin is as far as this: what is missing is asked for before the next frame tells. */
  synchronized void reached(long seq) {
    if (!heardAny) {
      expectedAfter = expectedAfter < 0 ? seq : expectedAfter;
      return;
    }
    long known = held.isEmpty() ? mark : held.lastEntry().getValue().header().lastSeq();
    if (seq > known) {
      streams.askAgain(origin, known + 1, seq);
    }
  }

  long heardNanos() {
    return heardNanos;
  }

  /**
   * A frame of the origin.
   *
   * @param repeated whether it came because it was asked for
   */
  synchronized void receive(Header header, List<ByteBuffer> messages, boolean repeated) {
    heardNanos = streams.context().thread().nanoTime();
    if (!heardAny) {
      heardAny = true;
      long before = header.firstSeq() - 1;
      mark = expectedAfter < 0 ? before : Math.min(before, expectedAfter);
    }
    if (header.lastSeq() <= mark || held.containsKey(header.firstSeq())) {
      if (!repeated) {
        streams.context().listener().duplicateDropped(origin, header.firstSeq(), header.count());
      }
      return;
    }
    if (header.firstSeq() > mark + 1 && !hold(header, messages)) {
      giveUp();
      loseUpTo(header.firstSeq() - 1);
    }
    if (header.firstSeq() <= mark + 1) {
      if (repeated) {
        streams.context().listener().repaired(origin, mark + 1, header.lastSeq());
      }
      deliver(header, messages);
      deliverHeld();
    }
  }

  /** The origin does not have these any more. */
  synchronized void gone(long from, long to) {
    if (from <= mark + 1 && to > mark && !held.isEmpty()) {
      loseUpTo(Math.min(to, held.firstKey() - 1));
      deliverHeld();
    }
  }

  /** Returns false when it is not worth while: nobody can repeat, or too much is held already. */
  private boolean hold(Header header, List<ByteBuffer> messages) {
    int bytes = messages.stream().mapToInt(ByteBuffer::remaining).sum();
    if (!streams.mayHold(origin, bytes)) {
      return false;
    }
    Map.Entry<Long, Held> before = held.lowerEntry(header.firstSeq());
    long expected = (before == null ? mark : before.getValue().header().lastSeq()) + 1;
    held.put(header.firstSeq(), new Held(header, copy(messages, bytes), bytes));
    if (header.firstSeq() > expected && held.higherKey(header.firstSeq()) == null) {
      streams.askAgain(origin, expected, header.firstSeq() - 1);
    }
    if (deadline == null) {
      awaitProgress();
    }
    return true;
  }

  private void awaitProgress() {
    long markNow = mark;
    long sinceNanos = streams.context().thread().nanoTime();
    deadline = streams.context().thread().schedule(ASK_AGAIN, () -> check(markNow, sinceNanos));
  }

  /** The question or its answer may have been lost too, so it is asked again. */
  private synchronized void check(long markThen, long sinceNanos) {
    if (held.isEmpty()) {
      return;
    }
    if (mark != markThen || !streams.hears()) {
      awaitProgress();
    } else if (streams.context().thread().nanoTime() - sinceNanos >= PATIENCE.toNanos()) {
      giveUp();
    } else {
      streams.askAgain(origin, mark + 1, held.firstKey() - 1);
      deadline = streams.context().thread().schedule(ASK_AGAIN, () -> check(markThen, sinceNanos));
    }
  }

  /** Delivers everything that is held, whatever is missing in between. */
  private void giveUp() {
    while (!held.isEmpty()) {
      loseUpTo(held.firstKey() - 1);
      deliverHeld();
    }
  }

  private void deliverHeld() {
    while (!held.isEmpty() && held.firstKey() <= mark + 1) {
      Held next = held.pollFirstEntry().getValue();
      streams.released(next.bytes());
      deliver(next.header(), next.messages());
    }
    if (held.isEmpty() && deadline != null) {
      deadline.cancel();
      deadline = null;
    }
  }

  private void deliver(Header header, List<ByteBuffer> messages) {
    long last = header.lastSeq();
    if (last > mark) {
      int known = (int) (mark + 1 - header.firstSeq());
      mark = last;
      streams.deliver(header, messages.subList(known, messages.size()));
    }
  }

  private void loseUpTo(long to) {
    if (to > mark) {
      long from = mark + 1;
      mark = to;
      streams.context().listener().gap(origin, from, to);
    }
  }

  /** The broker's buffers are only ours during the call. */
  private static List<ByteBuffer> copy(List<ByteBuffer> messages, int bytes) {
    ByteBuffer own = ByteBuffer.allocate(bytes);
    return messages.stream()
        .map(
            message -> {
              int from = own.position();
              own.put(message.duplicate());
              return own.slice(from, message.remaining());
            })
        .toList();
  }
}
