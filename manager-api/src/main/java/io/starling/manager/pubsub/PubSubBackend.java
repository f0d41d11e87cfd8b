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
 * A message broker as Starling uses it: it carries opaque frames on channels with opaque names. A
 * back end never reads a frame, and never retries, buffers or reorders frames by itself; the
 * publisher does that. While a connection lasts, the frames of one publisher on one channel must
 * arrive in order.
 *
 * <p>The back end restores lost connections by itself, with all subscriptions that were in force.
 * Its jittered back-off is 2 s at most. Every stage that a method returns must complete, at the
 * latest when the back end is closed.
 */
public interface PubSubBackend {
  /**
   * Connects. Called once. Without {@link Direction#SUBSCRIBE} nothing is opened to receive frames.
   *
   * @param directions the directions that will be used. {@link #publish} is called only if {@link
   *     Direction#PUBLISH} is among them, and {@link #subscribe} only if {@link
   *     Direction#SUBSCRIBE} is.
   * @param settings the back end minds {@link PubSubSettings#keepTrying()}, and the prefix where it
   *     names objects on the broker other than channels, such as an exchange or a topic
   * @param listener hears the frames and the state of the connections
   * @return completes when connected. Fails when the broker cannot be reached; the back end has
   *     then released everything. With {@code keepTrying} the stage completes at once, and {@link
   *     Listener#connectionRestored} is called for each direction once it is connected.
   */
  CompletionStage<Void> start(
      Set<Direction> directions, PubSubSettings settings, Listener listener);

  /**
   * Sends one frame. Called by one thread at a time. May block for at most 1 s.
   *
   * @param frame nobody changes the buffer's content until the stage completes
   * @return completes when the broker has confirmed the frame, with the number of subscribers that
   *     the frame was passed to. The number is −1 where the broker does not tell. A broker that
   *     tells only whether there is any subscriber gives 0 for none and −1 otherwise. The stage
   *     fails when the broker did not confirm the frame, and while not connected.
   */
  CompletionStage<Integer> publish(String channel, ByteBuffer frame);

  /**
   * Sends one frame as {@link #publish(String, ByteBuffer)} does, but only while {@code inOrder}
   * holds. After a loss the publisher must send the lost frames again before any later frame; so a
   * later frame must not be the first one on a new connection.
   *
   * <p>A back end that reconnects by itself must choose the connection first, and then ask {@code
   * inOrder} on the calling thread. It must report a loss before another connection can be chosen.
   *
   * @param inOrder whether the caller knows of every loss that was reported. When false, nothing is
   *     sent and the stage fails with {@link #outOfOrder()}.
   */
  default CompletionStage<Integer> publish(
      String channel, ByteBuffer frame, BooleanSupplier inOrder) {
    return inOrder.getAsBoolean() ? publish(channel, frame) : outOfOrder();
  }

  /**
   * Returns the failed stage of a {@link #publish(String, ByteBuffer, BooleanSupplier)} that sent
   * nothing because {@code inOrder} was false.
   */
  static CompletionStage<Integer> outOfOrder() {
    return CompletableFuture.failedStage(
        new BackendUnavailableException(
            "broker: another connection than before (expected: what was lost goes first)",
            Outcome.NOT_SENT,
            null));
  }

  /**
   * Subscribes to a channel. The stage completes when the subscription is in force; from then on
   * the back end restores it on every new connection. A second call for the same channel subscribes
   * on the broker again, because somebody may have removed the subscription there.
   */
  CompletionStage<Void> subscribe(String channel);

  /** Ends the subscription of a channel. The stage completes when it is no longer in force. */
  CompletionStage<Void> unsubscribe(String channel);

  /** Asks the broker to deliver no frames until {@link #resume()}. Some frames may still arrive. */
  void pause();

  /** Asks the broker to deliver frames again after a {@link #pause()}. */
  void resume();

  /**
   * Drops the connection of one direction and opens a new one. The manager calls this when it finds
   * that the connection does not work although the broker's client library sees no fault: a frame
   * stays unconfirmed, or another host does not hear this one. The listener hears of the loss and
   * the return as of any other. Does nothing while the direction is not connected. Returns at once.
   * Any thread.
   *
   * @param cause the fault that the manager found, for the listener and the log
   */
  default void reconnect(Direction direction, Throwable cause) {}

  /** The optional abilities of this back end. */
  Set<Capability> capabilities();

  /**
   * Closes the back end and releases every thread, connection, queue and subscription. Idempotent.
   * Blocks until that is done, for at most {@code timeout}.
   */
  void close(Duration timeout);

  /** An optional ability of a back end. */
  enum Capability {
    /** The broker keeps the frames for a subscriber that is disconnected. */
    DURABLE,
    /** The broker tells how many subscribers a frame was passed to. */
    COUNTS_RECEIVERS
  }

  /** The direction of a connection: sending frames to the broker, or receiving frames from it. */
  enum Direction {
    PUBLISH,
    SUBSCRIBE
  }

  /**
   * Hears the frames and the connection state of a back end. The back end calls it on its own
   * threads, and never concurrently for one channel. The methods must not block.
   */
  interface Listener {
    /**
     * A frame arrived. The frames of one channel come in order. The buffer is valid only during the
     * call.
     *
     * @param channel the channel on which the broker delivered the frame
     */
    void frame(String channel, ByteBuffer frame);

    /**
     * The connection of a direction was lost. The publishes in flight have failed or will fail.
     *
     * @param cause the reason; null when it is not known
     */
    void connectionLost(Direction direction, @Nullable Throwable cause);

    /** An attempt to connect or to subscribe failed. The back end goes on trying. */
    default void attemptFailed(Direction direction, Throwable cause) {}

    /**
     * The connection of a direction is restored, and all its subscriptions are in force. With
     * {@code keepTrying} this is also called for the first connection.
     */
    void connectionRestored(Direction direction);
  }
}
