package io.starling.engineio;

import static java.util.Objects.requireNonNull;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One message on its way to the sessions of one event loop. The first WebSocket transport encodes
 * the message as frames; the delivery keeps these frames, so that the other WebSockets write the
 * same bytes. A session whose client is slow holds the delivery until the client has taken it. The
 * bytes of a held delivery count once in {@link ClientQueues}, however many sessions hold it. Only
 * the loop uses this object.
 */
public final class Delivery {
  /**
   * The approximate memory of a held message beside its bytes: this object, the encoded form and
   * its buffer. Without it, many small messages would exceed the bounds on waiting bytes.
   */
  static final int HELD_BYTES = 256;

  private final long bytes;
  private final boolean shared;

  /** The message; null once only its encoded form will be needed. */
  private @Nullable OutboundMessage message;

  private @Nullable Encoded encoded;

  /**
   * The number of owners of this delivery: each session that holds it, and the loop until {@link
   * #served}.
   */
  private int holders = 1;

  private boolean messageNeeded;
  private @Nullable Held held;

  /**
   * The place where the bytes of this delivery are counted while sessions hold it.
   *
   * @param sinceNanos when the first session began to hold it
   */
  private record Held(ClientQueues.OnLoop queues, long sinceNanos) {}

  Delivery(OutboundMessage message, boolean shared) {
    this.message = message;
    this.bytes = message.bytes();
    this.shared = shared;
  }

  /**
   * The message itself.
   *
   * @throws NullPointerException if the message was dropped because only its encoded form is needed
   */
  public OutboundMessage message() {
    return requireNonNull(message, "message: given up (expected: an encoded form)");
  }

  /** The size of the message, without framing. */
  public long bytes() {
    return bytes;
  }

  /** Whether several sessions of the loop get this message. */
  boolean shared() {
    return shared;
  }

  /**
   * The encoded form of the message. The first call makes it with {@code encoder}; later calls
   * return the same object. It belongs to the delivery, which releases it after the last session
   * has written it.
   *
   * @throws ClassCastException if an earlier call made another form
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
   * Keeps this delivery for one more session, until that session calls {@link #release}.
   *
   * @param needsMessage whether the session will need the message itself, not an encoded form
   */
  void hold(ClientQueues.OnLoop queues, boolean needsMessage) {
    holders++;
    messageNeeded |= needsMessage;
    if (held == null) {
      held = new Held(queues, queues.loop.nanoTime());
      queues.count(HELD_BYTES + bytes);
    }
  }

  /** The time at which the first session began to hold this delivery. */
  long heldSinceNanos() {
    return requireNonNull(held, "delivery: not held (expected: hold() before)").sinceNanos();
  }

  /**
   * Ends the loop's own use of this delivery: all sessions were given the message. Only sessions
   * that hold the delivery will still write it.
   */
  void served() {
    if (holders > 1 && !messageNeeded) {
      message = null;
      if (encoded != null) {
        encoded.complete();
      }
    }
    release();
  }

  /** Ends the use by one owner. The last call releases the encoded form. */
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

  /** A message as the bytes that one kind of transport writes, such as WebSocket frames. */
  public interface Encoded {
    /**
     * No further form of the message, such as a compressed one, will be asked for. The
     * implementation drops its reference to the message.
     */
    void complete();

    /** Releases the buffers; the delivery does not use them any more. */
    void release();
  }
}
