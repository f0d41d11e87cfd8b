package io.starling.manager.pubsub;

import io.starling.manager.BusCount;
import io.starling.manager.pubsub.FrameCodec.Frame;
import io.starling.manager.pubsub.FrameCodec.Header;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes the frames that arrive, and their messages. A malformed frame or message, and one whose
 * effect throws an exception, is reported to the listener and dropped; later ones are still taken.
 * Safe for any thread.
 */
final class BusDecoder {
  private static final Logger LOG = LoggerFactory.getLogger(BusDecoder.class);

  private final BusContext context;

  BusDecoder(BusContext context) {
    this.context = context;
  }

  /** Takes a decoded frame. */
  @FunctionalInterface
  interface FrameTaker {
    void take(Frame frame) throws MalformedFrameException;
  }

  /**
   * Decodes a frame. Its header must name the channel on which it arrived.
   *
   * @param taker gets the frame unless it is malformed
   */
  void frame(String channel, ByteBuffer bytes, FrameTaker taker) {
    try {
      Frame frame = FrameCodec.decode(bytes, context.seal());
      if (!frame.header().channel().equals(channel)) {
        throw new MalformedFrameException(
            "channel: " + frame.header().channel() + " (expected: " + channel + ")");
      }
      taker.take(frame);
    } catch (MalformedFrameException e) {
      context.events().frameRejected(channel, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.error("A frame on {} was lost by a defect", channel, e);
      context.events().frameRejected(channel, e.toString());
    }
  }

  /**
   * Decodes the messages of a frame.
   *
   * @param taker gets each message whose kind is known, in order
   */
  void messages(Header header, List<ByteBuffer> messages, Consumer<PubSubMessage> taker) {
    context.events().counts().add(BusCount.RECEIVED, messages.size());
    for (ByteBuffer message : messages) {
      try {
        PubSubMessage decoded = MessageCodec.decode(header.origin(), message);
        if (decoded != null) {
          taker.accept(decoded);
        }
      } catch (MalformedFrameException | IllegalArgumentException e) {
        context.events().messageSkipped(header.origin(), String.valueOf(e.getMessage()));
      } catch (RuntimeException | Error e) {
        LOG.error("A message of {} was lost by a defect", header.origin(), e);
        context.events().messageSkipped(header.origin(), e.toString());
      }
    }
  }
}
