package io.starling.manager.pubsub;

import io.starling.manager.HostId;
import io.starling.manager.ManagerException;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a host does when its back end says that all is well and yet its frames do not come back, or
 * do not reach others. Each method returns what is wrong, for the state. Confined to the publisher
 * thread.
 */
final class Remedies {
  private final BusContext context;
  private final PubSubPublisher publisher;
  private final Runnable hello;

  /** The channels whose new subscription was the last remedy that was tried. */
  private final Set<String> subscribedAgain = new HashSet<>();

  /**
   * Has done nothing yet.
   *
   * @param hello runs on the publisher thread once a channel is subscribed to again
   */
  Remedies(BusContext context, PubSubPublisher publisher, Runnable hello) {
    this.context = context;
    this.publisher = publisher;
    this.hello = hello;
  }

  /** All is well again: the next fault begins with the first remedy. */
  void reset() {
    subscribedAgain.clear();
  }

  /**
   * No own frame came back.
   *
   * @param sinceNanos when the first of them was sent
   * @param heardOthersNanos when another host or emitter was last heard
   */
  ManagerException cutOff(long sinceNanos, long heardOthersNanos) {
    Throwable failure = publisher.lastFailure();
    ManagerException cause =
        new ManagerException(
            "broker: no own frame heard for "
                + OwnFrames.CUT_OFF_AFTER.toSeconds()
                + " s (expected: each comes back)"
                + because(failure),
            failure);
    boolean taken = publisher.lastConfirmedNanos() - sinceNanos >= 0;
    if (taken && heardOthersNanos - sinceNanos > 0) {
      context.backend().reconnect(Direction.PUBLISH, cause);
    } else if (taken) {
      PubSubSettings settings = context.settings();
      subscribeAgain(Set.of(settings.allChannel(), settings.inboxOf(context.self())), cause);
    }
    return cause;
  }

  /** Another host is heard and does not hear this one: what this host publishes goes elsewhere. */
  ManagerException unheardBy(HostId other) {
    Throwable failure = publisher.lastFailure();
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

  /** What was sent to the own inbox did not come back, while frames to all did. */
  ManagerException inboxDeaf() {
    ManagerException cause =
        new ManagerException(
            "inbox: own message not heard (expected: it comes back, as those to all do)");
    subscribeAgain(Set.of(context.settings().inboxOf(context.self())), cause);
    return cause;
  }

  /** What the broker answered last, if that was a failure. */
  static String because(@Nullable Throwable failure) {
    return failure == null ? "" : "; " + failure.getMessage();
  }

  /** Where a new subscription did not help, a new connection may. */
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
                  context.thread().execute(hello);
                } else {
                  context.listener().connectFailed(failure);
                }
              });
    }
  }
}
