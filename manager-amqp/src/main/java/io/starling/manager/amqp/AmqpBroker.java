package io.starling.manager.amqp;

import io.starling.manager.HostId;
import io.starling.manager.pubsub.Broker;
import io.starling.manager.pubsub.BrokerAddress;
import io.starling.manager.pubsub.PubSubBackend.Listener;
import io.starling.manager.pubsub.Reconnecting;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The broker of one started back end: one connection that publishes, and one that subscribes. */
final class AmqpBroker implements Broker {
  private final BrokerAddress address;
  private final Opener opener;
  private final Limits limits;
  private final String queuePrefix;

  /** The link that subscribes; null before it opens its first connection. */
  private volatile @Nullable Reconnecting<AmqpSubscriptions> subscriber;

  /** The number in the name of the next queue. */
  private final AtomicInteger queues = new AtomicInteger();

  /**
   * Settings for the subscribing connection.
   *
   * @param exchange the exchange that takes the frames, and that the queues are bound to
   * @param queueBytes how many bytes the broker keeps for a host that reads too slowly
   * @param prefetch how many frames the broker may send that are not acknowledged yet
   * @param listener receives the frames
   */
  record Limits(String exchange, long queueBytes, int prefetch, Listener listener) {}

  /**
   * The name of the queue of one connection.
   *
   * @param keep makes the next connection use this name again. Called when the broker refuses this
   *     connection its queue: then each attempt fails with the same text, which the log writes once
   */
  record QueueName(String text, Runnable keep) {}

  AmqpBroker(BrokerAddress address, Opener opener, Limits limits) {
    this.address = address;
    this.opener = opener;
    this.limits = limits;
    this.queuePrefix = limits.exchange() + "." + HostId.random() + ".";
  }

  @Override
  public BrokerAddress address() {
    return address;
  }

  @Override
  public Opening<AmqpPublishing> publishing() {
    return link ->
        CompletableFuture.completedStage(
            new AmqpPublishing(
                opener.open("publisher"), link, limits.exchange(), this::exchangeMissed));
  }

  /**
   * Somebody deleted the exchange, and with it the bindings of all queues. The publisher makes the
   * exchange again and then hears of no fault, so the subscriber must bind its queue again.
   */
  private void exchangeMissed(Throwable cause) {
    Reconnecting<AmqpSubscriptions> link = subscriber;
    if (link != null) {
      link.reconnect(cause);
    }
  }

  /**
   * Every connection declares a queue with a new name, because the broker may not have deleted the
   * last one yet.
   */
  @Override
  public Opening<AmqpSubscriptions> subscribing() {
    return link -> {
      subscriber = link;
      int number = queues.getAndIncrement();
      return CompletableFuture.completedStage(
          new AmqpSubscriptions(
              opener.open("subscriber"),
              link,
              limits,
              new QueueName(queuePrefix + number, () -> queues.set(number))));
    };
  }

  @Override
  public void cancel() {
    opener.close();
  }
}
