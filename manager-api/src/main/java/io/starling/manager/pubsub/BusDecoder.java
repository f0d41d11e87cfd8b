package io.starling.manager.pubsub;

import io.starling.manager.HostId;
import io.starling.manager.pubsub.FrameCodec.Frame;
import io.starling.manager.pubsub.FrameCodec.Header;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes the frames that arrive, and their messages. A malformed frame or message, and one whose
 * effect throws an exception, is reported as a fault and dropped; later ones are still taken. Safe
 * for any thread.
 */
final class BusDecoder {
  private static final Logger LOG = LoggerFactory.getLogger(BusDecoder.class);

  private final FrameSeal seal;
  private final Faults faults;

  BusDecoder(FrameSeal seal, Faults faults) {
    this.seal = seal;
    this.faults = faults;
  }

  /** Hears of what is dropped. */
  interface Faults {
    void frameRejected(String channel, String reason);

    void messageSkipped(HostId origin, String reason);
  }

  /** Takes a decoded frame. */
  @FunctionalInterface
  interface FrameTaker {
    void take(Frame frame) throws MalformedFrameException;
  }

  /** Takes a decoded message. */
  @FunctionalInterface
  interface MessageTaker {
    /**
     * Takes a message.
     *
     * @param index the position of the message in its frame, from 0
     * @param message null for a kind that this release does not know
     */
    void take(int index, @Nullable PubSubMessage message);
  }

  /**
   * Decodes a frame. Its header must name the channel on which it arrived.
   *
   * @param taker gets the frame unless it is malformed
   */
  void frame(String channel, ByteBuffer bytes, FrameTaker taker) {
    try {
      Frame frame = FrameCodec.decode(bytes, seal);
      if (!frame.header().channel().equals(channel)) {
        throw new MalformedFrameException(
            "channel: " + frame.header().channel() + " (expected: " + channel + ")");
      }
      taker.take(frame);
    } catch (MalformedFrameException e) {
      faults.frameRejected(channel, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.error("A frame on {} was lost by a defect", channel, e);
      faults.frameRejected(channel, e.toString());
    }
  }

  /**
   * Decodes the messages of a frame.
   *
   * @param taker gets each message, in order
   */
  void messages(Header header, List<ByteBuffer> messages, MessageTaker taker) {
    for (int i = 0; i < messages.size(); i++) {
      try {
        taker.take(i, MessageCodec.decode(header.origin(), messages.get(i)));
      } catch (MalformedFrameException | IllegalArgumentException e) {
        faults.messageSkipped(header.origin(), String.valueOf(e.getMessage()));
      } catch (RuntimeException | Error e) {
        LOG.error("A message of {} was lost by a defect", header.origin(), e);
        faults.messageSkipped(header.origin(), e.toString());
      }
    }
  }
}
