package io.starling.engineio;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One message on its way to the sessions of one event loop. It keeps what the first WebSocket
 * transport made of the message, so that the others write the same bytes. A session whose client
 * does not take it at once holds it, which counts among what waits for clients, once for all that
 * do. Confined to the loop.
 */
public final class Delivery {
  /**
   * What a message takes beside its bytes while it is kept, about: this object, its encoded form
   * and the buffer of that. It keeps a client that is sent many small messages within the bounds.
   */
  static final int HELD_BYTES = 256;

  private final long bytes;
  private final boolean shared;

  /** Null once it will be written in its encoded forms only. */
  private @Nullable OutboundMessage message;

  private @Nullable Encoded encoded;

  /** The loop that serves the targets, and the sessions that hold it. */
  private int holders = 1;

  private boolean messageNeeded;
  private @Nullable Held held;

  /** Where it is counted while sessions hold it. */
  private record Held(ClientQueues.OnLoop queues, long sinceNanos) {}

  Delivery(OutboundMessage message, boolean shared) {
    this.message = message;
    this.bytes = message.bytes();
    this.shared = shared;
  }

  /** What is delivered. */
  public OutboundMessage message() {
    OutboundMessage given = message;
    if (given == null) {
      throw new IllegalStateException("message: given up (expected: an encoded form)");
    }
    return given;
  }

  /** The size of the message, without framing. */
  public long bytes() {
    return bytes;
  }

  /** Whether several sessions of the loop get it. */
  boolean shared() {
    return shared;
  }

  /**
   * The encoded form of the message, made at the first call. It belongs to the delivery, which
   * releases it when the last session was served.
   */
  public <T extends Encoded> T encoded(Class<T> form, Function<OutboundMessage, T> encoder) {
    Encoded made = encoded;
    if (made == null) {
      made = encoder.apply(message());
      encoded = made;
    }
    return form.cast(made);
  }

  /**
   * Keeps it for a session until {@link #release}.
   *
   * @param needsMessage whether the session will want the message itself, not an encoded form
   */
  void hold(ClientQueues.OnLoop queues, boolean needsMessage) {
    holders++;
    messageNeeded |= needsMessage;
    if (held == null) {
      held = new Held(queues, queues.loop.nanoTime());
      queues.count(HELD_BYTES + bytes);
    }
  }

  /** Since when a session holds it. */
  long heldSinceNanos() {
    if (held == null) {
      throw new IllegalStateException("delivery: not held (expected: hold() before)");
    }
    return held.sinceNanos();
  }

  /** The loop has served the targets: only those that hold it will still write it. */
  void served() {
    if (holders > 1 && !messageNeeded) {
      message = null;
      if (encoded != null) {
        encoded.complete();
      }
    }
    release();
  }

  void release() {
    holders--;
    if (holders > 0) {
      return;
    }
    if (encoded != null) {
      encoded.release();
    }
    if (held != null) {
      held.queues().count(-HELD_BYTES - bytes);
    }
  }

  /** A message in the form of one transport. */
  public interface Encoded {
    /** All forms that will be needed were made: the message itself can be given up. */
    void complete();

    /** Gives up the delivery's own hold on it. */
    void release();
  }
}
