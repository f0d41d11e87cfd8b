package io.starling.manager.pubsub;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What one kind of broker supplies to a {@link ReconnectingBackend}: how to open a connection that
 * publishes and a connection that subscribes, and what to do on each. The {@link Reconnecting} link
 * of a connection decides when. There is one object of this type for each start of a back end.
 */
public interface Broker {
  /** Returns the address of the broker, which writes the errors of both links. */
  BrokerAddress address();

  /** Returns how the connection is opened that sends frames. */
  Opening<? extends Publishing> publishing();

  /** Returns how the connection is opened that receives frames. */
  Opening<? extends Subscribing> subscribing();

  /**
   * Makes each {@link Opening#open} fail that is running, and all later ones. Called when the back
   * end closes. Any thread; must not block.
   */
  default void cancel() {}

  /**
   * Releases what outlives a connection. Called after both links are closed. The stage completes
   * when no thread of the broker's client is left.
   */
  default CompletionStage<?> end() {
    return CompletableFuture.completedStage(null);
  }

  /**
   * Opens the connections of one direction.
   *
   * @param <C> the type of a connection
   */
  @FunctionalInterface
  interface Opening<C extends Connection> {
    /**
     * Opens a connection. May block for the peer, but must end by itself: the stage completes or
     * fails. A connection that is opened after the link was closed is closed at once. Called on the
     * thread of the link.
     *
     * @param link must be told when the connection is lost
     */
    CompletionStage<C> open(Reconnecting<C> link) throws Exception;
  }

  /**
   * One connection to a broker. The methods are called on the thread of the {@link Reconnecting}
   * link, unless they say otherwise.
   */
  interface Connection {
    /**
     * Prepares this new connection, for example by declarations. The connection counts as up only
     * when the stage completes. May block for the peer.
     */
    default CompletionStage<?> prepare() throws Exception {
      return CompletableFuture.completedStage(null);
    }

    /**
     * Asks the peer for a sign of life. The connection is lost when the stage fails, or does not
     * complete within {@link #patience()}. In the second case {@link Reconnecting#heard()} saves
     * the connection if it was called since the check began.
     */
    default CompletionStage<?> check() throws Exception {
      return CompletableFuture.completedStage(null);
    }

    /**
     * Makes every call fail that waits for the peer of this connection, without waiting for the
     * peer. It is called when the connection is lost, before {@link #close}, and when a regular
     * close takes too long. Any thread; may be called more than once.
     *
     * @param cause the reason that the waiting calls fail with
     */
    default void cut(Throwable cause) {}

    /**
     * Closes this connection and frees what belongs to it. May block for the peer for at most 1 s;
     * after {@link #cut} it must not block for the peer.
     */
    void close();

    /** The time between two checks, and between the preparation and the first check. */
    default Duration checkInterval() {
      return Duration.ofSeconds(5);
    }

    /** The time limit of the preparation and of each {@link #check}. */
    default Duration patience() {
      return Duration.ofSeconds(5);
    }
  }

  /** A connection that sends frames. */
  interface Publishing extends Connection {
    /**
     * Sends a frame as {@link PubSubBackend#publish(String, ByteBuffer)} says. Called on the thread
     * of the publisher. The connection may be lost already; then the stage fails.
     */
    CompletionStage<Integer> publish(String channel, ByteBuffer frame);
  }

  /**
   * A connection that receives frames. The back end remembers the wanted channels and subscribes to
   * all of them after each {@link #prepare}; the connection is up when that has succeeded.
   */
  interface Subscribing extends Connection {
    /**
     * Subscribes to a channel. The stage completes when the subscription is in force. May block for
     * the peer. The connection may be lost already; then the stage fails.
     */
    CompletionStage<?> subscribe(String channel) throws Exception;

    /**
     * Ends the subscription of a channel. The stage completes when it is no longer in force. May
     * block for the peer. If the stage fails, the connection is replaced.
     */
    CompletionStage<?> unsubscribe(String channel) throws Exception;

    /**
     * Whether a subscription failed with this error because the broker does not allow it. Then a
     * new subscription is given up. In all other cases, and when one of the wanted channels is
     * refused to a new connection, the next connection tries again.
     */
    default boolean isRefusal(Throwable error) {
      return false;
    }

    /**
     * Pauses or resumes the delivery of frames. Called when all wanted channels are in force, and
     * after each {@link PubSubBackend#pause()} and {@link PubSubBackend#resume()}. Any thread; must
     * not block.
     */
    void pause(boolean pause);
  }
}
