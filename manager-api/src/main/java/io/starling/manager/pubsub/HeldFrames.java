package io.starling.manager.pubsub;

import io.starling.manager.pubsub.FrameCodec.Header;
import io.starling.manager.pubsub.PubSubMessage.Nack;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * The frames of one origin that arrived behind a hole and are held until the hole is filled. The
 * caller must hold the lock of the {@link OriginStream} that owns this object.
 */
final class HeldFrames {
  /** The most holes that one call lists. The last entry then spans everything that remains. */
  private static final int MAX_RANGES = 1_000;

  /** The held frames by the number of their first message. */
  private final TreeMap<Long, Held> frames = new TreeMap<>();

  /**
   * A copy of a frame that arrived too early. The broker's buffer is reused after the call.
   *
   * @param bytes the size of all messages together
   */
  record Held(Header header, List<ByteBuffer> messages, int bytes) {
    static Held copyOf(Header header, List<ByteBuffer> messages, int bytes) {
      ByteBuffer own = ByteBuffer.allocate(bytes);
      List<ByteBuffer> copies = new ArrayList<>(messages.size());
      for (ByteBuffer message : messages) {
        int from = own.position();
        own.put(message.duplicate());
        copies.add(own.slice(from, message.remaining()));
      }
      return new Held(header, copies, bytes);
    }
  }

  /** The size of these messages together, in bytes. */
  static int bytes(List<ByteBuffer> messages) {
    int bytes = 0;
    for (ByteBuffer message : messages) {
      bytes += message.remaining();
    }
    return bytes;
  }

  boolean isEmpty() {
    return frames.isEmpty();
  }

  /** Whether a held frame begins with this message number. */
  boolean contains(long firstSeq) {
    return frames.containsKey(firstSeq);
  }

  void add(Held frame) {
    frames.put(frame.header().firstSeq(), frame);
  }

  /** The lowest message number of all held frames. At least one frame must be held. */
  long firstSeq() {
    return frames.firstKey();
  }

  /** Removes and returns the frame with the lowest number. At least one frame must be held. */
  Held poll() {
    return frames.pollFirstEntry().getValue();
  }

  /**
   * Lists the message numbers from {@code from} to {@code to}, both included, that no held frame
   * has.
   */
  List<Nack> holes(long from, long to) {
    List<Nack> holes = new ArrayList<>();
    long next = from;
    for (Held frame : frames.values()) {
      long first = frame.header().firstSeq();
      if (first > to || holes.size() == MAX_RANGES - 1) {
        break;
      }
      if (first > next) {
        holes.add(new Nack(next, first - 1));
      }
      next = Math.max(next, frame.header().lastSeq() + 1);
    }
    if (next <= to) {
      holes.add(new Nack(next, to));
    }
    return holes;
  }
}
