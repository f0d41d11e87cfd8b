package io.starling.engineio;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One message on its way to the sessions of one event loop. It keeps what the first WebSocket
 * transport made of the message, so that the others write the same bytes. Confined to the loop.
 */
public final class Delivery {
  private final OutboundMessage message;
  private final long bytes;
  private @Nullable Encoded encoded;

  Delivery(OutboundMessage message) {
    this.message = message;
    this.bytes = message.bytes();
  }

  /** What is delivered. */
  public OutboundMessage message() {
    return message;
  }

  /** The size of the message, without framing. */
  public long bytes() {
    return bytes;
  }

  /**
   * The encoded form of the message, made at the first call. It belongs to the delivery, which
   * releases it when the last session was served.
   */
  public <T extends Encoded> T encoded(Class<T> form, Function<OutboundMessage, T> encoder) {
    Encoded made = encoded;
    if (made == null) {
      made = encoder.apply(message);
      encoded = made;
    }
    return form.cast(made);
  }

  void release() {
    if (encoded != null) {
      encoded.release();
    }
  }

  /** A message in the form of one transport. */
  @FunctionalInterface
  public interface Encoded {
    /** Gives up the delivery's own hold on it. */
    void release();
  }
}
