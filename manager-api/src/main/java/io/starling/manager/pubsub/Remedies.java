package io.starling.manager.pubsub;

import io.starling.manager.HostId;
import io.starling.manager.ManagerException;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Repairs a connection that does not work although the back end reports no fault: the frames of
 * this host do not come back, or do not reach other hosts. Each method tries a remedy and returns
 * the description of the fault, for the change of state. Publisher thread only.
 */
final class Remedies {
  private final BusContext context;
  private final SendWindow window;
  private final String inbox;
  private final Runnable again;

  /**
   * The channels that were subscribed to again as the last remedy. If the fault comes back, the
   * connection is replaced.
   */
  private final Set<String> subscribedAgain = new HashSet<>();

  /**
   * Makes the remedies; none has been tried yet.
   *
   * @param inbox the own inbox
   * @param again runs on the publisher thread after a channel was subscribed to again, and sends
   *     something that comes back
   */
  Remedies(BusContext context, SendWindow window, String inbox, Runnable again) {
    this.context = context;
    this.window = window;
    this.inbox = inbox;
    this.again = again;
  }

  /** The fault is over. The next fault starts with the first remedy again. */
  void reset() {
    subscribedAgain.clear();
  }

  /**
   * No own frame has come back. If the broker confirmed a frame and other hosts or emitters are
   * heard, the publishing connection is replaced. If the broker confirmed a frame and nobody is
   * heard, the channels are subscribed to again.
   *
   * @param sinceNanos when the oldest frame that did not come back was sent
   * @param heardOthersNanos when another host or an emitter was last heard
   */
  ManagerException cutOff(long sinceNanos, long heardOthersNanos) {
    Throwable failure = window.lastFailure();
    ManagerException cause =
        new ManagerException(
            "broker: no own frame heard for "
                + OwnFrames.CUT_OFF_AFTER.toSeconds()
                + " s (expected: each comes back)"
                + because(failure),
            failure);
    boolean taken = window.lastConfirmedNanos() - sinceNanos >= 0;
    if (taken && heardOthersNanos - sinceNanos > 0) {
      context.backend().reconnect(Direction.PUBLISH, cause);
    } else if (taken) {
      subscribeAgain(Set.of(context.settings().allChannel(), inbox), cause);
    }
    return cause;
  }

  /**
   * Another host is heard but does not hear this one, so the frames of this host go nowhere. The
   * publishing connection is replaced.
   */
  ManagerException unheardBy(HostId other) {
    Throwable failure = window.lastFailure();
    ManagerException cause =
        new ManagerException(
            "host "
                + other
                + ": does not hear this one (expected: it does, as this one hears it)"
                + because(failure),
            failure);
    context.backend().reconnect(Direction.PUBLISH, cause);
    return cause;
  }

  /** The message to the own inbox did not come back. The inbox is subscribed to again. */
  ManagerException inboxDeaf() {
    ManagerException cause =
        new ManagerException("inbox: own message not heard (expected: it comes back)");
    subscribeAgain(Set.of(inbox), cause);
    return cause;
  }

  /**
   * Returns the message of the broker's last failure, to be appended to an error message; empty
   * without one.
   */
  static String because(@Nullable Throwable failure) {
    return failure == null ? "" : "; " + failure.getMessage();
  }

  /**
   * Subscribes to the channels again. If that was the last remedy already and did not help, the
   * subscribing connection is replaced instead.
   */
  private void subscribeAgain(Set<String> channels, Throwable cause) {
    PubSubBackend backend = context.backend();
    if (!Collections.disjoint(subscribedAgain, channels)) {
      subscribedAgain.clear();
      backend.reconnect(Direction.SUBSCRIBE, cause);
      return;
    }
    subscribedAgain.addAll(channels);
    for (String channel : channels) {
      backend
          .unsubscribe(channel)
          .thenCompose(gone -> backend.subscribe(channel))
          .whenComplete(
              (done, failure) -> {
                if (failure == null) {
                  context.thread().execute(again);
                } else {
                  context.events().connectFailed(failure);
                }
              });
    }
  }
}
