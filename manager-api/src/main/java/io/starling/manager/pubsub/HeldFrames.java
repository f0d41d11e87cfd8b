package io.starling.manager.pubsub;

import io.starling.manager.pubsub.FrameCodec.Header;
import io.starling.manager.pubsub.PubSubMessage.Nack;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** The frames of one origin that came too early. Not safe for several threads. */
final class HeldFrames {
  /** So many ranges are asked for at once; the last of them covers all further holes. */
  private static final int MAX_RANGES = 1_000;

  private final TreeMap<Long, Held> frames = new TreeMap<>();

  /** A copy of a frame that came too early. The broker's buffer is reused after the call. */
  record Held(Header header, List<ByteBuffer> messages, int bytes) {
    static Held copyOf(Header header, List<ByteBuffer> messages) {
      int bytes = HeldFrames.bytes(messages);
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

  /** Whether a frame that begins with this number is here. */
  boolean contains(long firstSeq) {
    return frames.containsKey(firstSeq);
  }

  void add(Held frame) {
    frames.put(frame.header().firstSeq(), frame);
  }

  /** The lowest number; there must be one. */
  long firstSeq() {
    return frames.firstKey();
  }

  Held poll() {
    return frames.pollFirstEntry().getValue();
  }

  /** The holes between these numbers, both included. */
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
