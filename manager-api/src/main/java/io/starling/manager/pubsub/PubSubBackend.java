package io.starling.manager.pubsub;

import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A broker: opaque frames on opaque channels. It never looks into a frame, and never retries,
 * buffers or reorders by itself: the publisher above does. Its contract is FIFO per publisher and
 * channel while the connection lasts. A lost connection is restored by the back end itself, with
 * jittered back-off of at most 2 s, and with every subscription that was in force. Every stage
 * ends, at the latest when the back end is closed.
 */
public interface PubSubBackend {
  /**
   * Connects once. What only publishes opens nothing that receives.
   *
   * @param directions what will be used; {@link #subscribe} is not called without its own
   * @param settings of which a back end minds the prefix, where it names things on the broker other
   *     than channels (an exchange, a topic), and {@link PubSubSettings#keepTrying()}
   * @return completes when connected; fails, with everything released, when the broker cannot be
   *     reached. With {@code keepTrying} it completes at once and reports {@link
   *     Listener#connectionRestored} of each direction when connected.
   */
  CompletionStage<Void> start(
      Set<Direction> directions, PubSubSettings settings, Listener listener);

  /**
   * Sends one frame. Called by one thread; may block for 1 s at most.
   *
   * @param frame not to be changed by anyone until the stage completes
   * @return completes with the number of subscribers that the broker passed it to, or −1 where it
   *     does not tell; 0 also where the broker tells only that there is none; fails when the broker
   *     did not confirm it, also while disconnected
   */
  CompletionStage<Integer> publish(String channel, ByteBuffer frame);

  /**
   * As {@link #publish(String, ByteBuffer)}, unless the order is broken: a frame that follows lost
   * ones must not be the first on the next connection. A back end that connects again by itself
   * asks after it has chosen the connection, and reports a loss before another connection can be
   * chosen.
   *
   * @param inOrder whether no loss was reported that the caller does not know; where it is false,
   *     nothing is sent and the stage fails
   */
  default CompletionStage<Integer> publish(
      String channel, ByteBuffer frame, BooleanSupplier inOrder) {
    return inOrder.getAsBoolean() ? publish(channel, frame) : outOfOrder();
  }

  /** How {@link #publish(String, ByteBuffer, BooleanSupplier)} fails when it sends nothing. */
  static CompletionStage<Integer> outOfOrder() {
    return CompletableFuture.failedStage(
        new BackendUnavailableException(
            "broker: another connection than before (expected: what was lost goes first)",
            Outcome.NOT_SENT,
            null));
  }

  /**
   * Completes when in force. Kept across reconnections. A channel that is subscribed to already is
   * subscribed to once more on the broker, where the subscription may have been removed by hand.
   */
  CompletionStage<Void> subscribe(String channel);

  /** Completes when no more in force. */
  CompletionStage<Void> unsubscribe(String channel);

  /** Asks for no more frames until {@link #resume()}; some that are on their way may still come. */
  void pause();

  /** Ends a {@link #pause()}. */
  void resume();

  /**
   * Drops the connection of this direction and opens a new one, since the manager found that the
   * connection is of no use although the broker's client takes it for sound: a frame stays
   * unconfirmed, or another host does not hear this one. Loss and return are reported as for any
   * other loss. Does nothing while the direction is not connected. Returns at once; any thread.
   */
  default void reconnect(Direction direction, Throwable cause) {}

  /** What this back end can do beyond the contract. */
  Set<Capability> capabilities();

  /**
   * Leaves nothing behind: no thread, connection, queue or subscription. Idempotent; blocks for at
   * most this long.
   */
  void close(Duration timeout);

  /** What a back end can do beyond the contract. */
  enum Capability {
    /** Keeps frames while a subscriber is disconnected. */
    DURABLE,
    /** Tells how many subscribers a frame was passed to. */
    COUNTS_RECEIVERS
  }

  /** One of a back end's two ways. */
  enum Direction {
    PUBLISH,
    SUBSCRIBE
  }

  /** Hears a back end. Called on its threads, never concurrently for one channel; never blocks. */
  interface Listener {
    /** A frame, in the order of its channel. The buffer is valid only during the call. */
    void frame(String channel, ByteBuffer frame);

    /** A direction broke; frames in flight have failed or will. */
    void connectionLost(Direction direction, @Nullable Throwable cause);

    /** A try to connect failed, with this reason; the back end goes on trying. */
    default void attemptFailed(Direction direction, Throwable cause) {}

    /** A direction works again, subscriptions included. Also after a late first connection. */
    void connectionRestored(Direction direction);
  }
}
