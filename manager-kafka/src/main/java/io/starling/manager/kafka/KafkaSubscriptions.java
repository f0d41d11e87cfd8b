package io.starling.manager.kafka;

import io.starling.manager.kafka.KafkaProbe.Probed;
import io.starling.manager.pubsub.Broker.Subscribing;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A connection that subscribes. The reader goes on while no connection is up, so a subscription is
 * in force at once.
 *
 * @param reader reads the topic; the same for all connections of a back end
 */
record KafkaSubscriptions(KafkaProbe probe, ConsumerLoop reader) implements Probed, Subscribing {
  @Override
  public CompletionStage<?> subscribe(String channel) {
    reader.channels().add(channel);
    return CompletableFuture.completedStage(null);
  }

  @Override
  public CompletionStage<?> unsubscribe(String channel) {
    reader.channels().remove(channel);
    return CompletableFuture.completedStage(null);
  }

  @Override
  public void pause(boolean pause) {
    reader.pause(pause);
  }
}
