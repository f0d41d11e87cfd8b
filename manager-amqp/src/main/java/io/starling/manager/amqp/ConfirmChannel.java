package io.starling.manager.amqp;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConfirmListener;
import com.rabbitmq.client.MessageProperties;
import com.rabbitmq.client.Return;
import com.rabbitmq.client.ReturnCallback;
import io.starling.manager.Accepted;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.amqp.AmqpConnections.Opened;
import io.starling.manager.pubsub.BrokerAddress;
import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * One channel that publishes, and the frames on it that the broker has not confirmed. A confirm can
 * only count for a frame of its own channel.
 */
final class ConfirmChannel implements ConfirmListener, ReturnCallback {
  private static final int NO_RECEIVERS = 0;

  private final Opened opened;
  private final BrokerAddress address;

  /**
   * Whether the broker sends a frame back that no queue takes. RabbitMQ does so before it confirms
   * the frame. Other brokers do not promise that, so they are not asked.
   */
  private final boolean mandatory;

  /** Why the connection was cut; null before that. */
  private volatile @Nullable Throwable reason;

  /** By delivery tag. */
  private final ConcurrentSkipListMap<Long, CompletableFuture<Integer>> unconfirmed =
      new ConcurrentSkipListMap<>();

  /** The tags of frames that came back and are about to be confirmed; on the client's thread. */
  private final Set<Long> returned = new HashSet<>();

  ConfirmChannel(Opened opened, BrokerAddress address) {
    this.opened = opened;
    this.address = address;
    this.mandatory =
        "RabbitMQ".equals(String.valueOf(opened.connection().getServerProperties().get("product")));
  }

  Opened opened() {
    return opened;
  }

  /** Asks the broker for confirms. */
  void prepare() throws IOException {
    Channel channel = opened.channel();
    channel.confirmSelect();
    channel.addConfirmListener(this);
    channel.addReturnListener((ReturnCallback) this);
  }

  /** Sends a frame. Whoever catches an exception must not use this channel any more. */
  void publish(String exchange, String key, byte[] body, CompletableFuture<Integer> confirmed)
      throws IOException {
    Channel channel = opened.channel();
    long tag = channel.getNextPublishSeqNo();
    unconfirmed.put(tag, confirmed);
    BasicProperties properties =
        mandatory
            ? new BasicProperties.Builder().messageId(Long.toString(tag)).build()
            : MessageProperties.MINIMAL_BASIC;
    channel.basicPublish(exchange, key, mandatory, properties, body);
  }

  /** No queue took this frame; its confirm follows. */
  @Override
  public void handle(Return unroutable) {
    returned.add(Long.valueOf(unroutable.getProperties().getMessageId()));
  }

  @Override
  public void handleAck(long tag, boolean multiple) {
    confirm(tag, multiple, true);
  }

  @Override
  public void handleNack(long tag, boolean multiple) {
    confirm(tag, multiple, false);
  }

  private void confirm(long tag, boolean multiple, boolean taken) {
    Map<Long, CompletableFuture<Integer>> told =
        multiple ? unconfirmed.headMap(tag, true) : unconfirmed.subMap(tag, true, tag, true);
    for (Long each : told.keySet()) {
      boolean cameBack = returned.remove(each);
      CompletableFuture<Integer> confirmed = unconfirmed.remove(each);
      if (confirmed == null) {
        continue;
      }
      if (taken) {
        confirmed.complete(cameBack ? NO_RECEIVERS : Accepted.UNKNOWN);
      } else {
        confirmed.completeExceptionally(
            new BackendUnavailableException(
                address + ": frame refused (expected: taken)", Outcome.NOT_SENT, null));
      }
    }
  }

  /** Closes the connection without a word. Any thread; the first cause counts. */
  void cut(Throwable cause) {
    if (reason == null) {
      reason = cause;
    }
    opened.cut().run();
    failAll();
  }

  /** Fails every frame that waits for its confirm. Any thread. */
  void failAll() {
    Throwable cause = reason;
    BackendUnavailableException why =
        cause == null ? address.closed() : address.unavailable(Outcome.UNKNOWN, cause);
    for (Long tag : unconfirmed.keySet()) {
      CompletableFuture<Integer> confirmed = unconfirmed.remove(tag);
      if (confirmed != null) {
        confirmed.completeExceptionally(why);
      }
    }
  }
}
