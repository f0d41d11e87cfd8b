package io.starling.manager.amqp;

import io.starling.manager.HostId;
import io.starling.manager.pubsub.Broker;
import io.starling.manager.pubsub.BrokerAddress;
import io.starling.manager.pubsub.PubSubBackend.Listener;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** The broker of one started back end: one connection that publishes, and one that subscribes. */
final class AmqpBroker implements Broker {
  private final BrokerAddress address;
  private final Opener opener;
  private final Limits limits;
  private final String queuePrefix;

  /** How many queues were named so far; part of the name of the next one. */
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
            new AmqpPublishing(opener.open("publisher"), link, limits.exchange()));
  }

  /**
   * Every connection declares a queue with a new name, because the broker may not have deleted the
   * last one yet.
   */
  @Override
  public Opening<AmqpSubscriptions> subscribing() {
    return link ->
        CompletableFuture.completedStage(
            new AmqpSubscriptions(
                opener.open("subscriber"), link, limits, queuePrefix + queues.getAndIncrement()));
  }

  @Override
  public void cancel() {
    opener.close();
  }
}
