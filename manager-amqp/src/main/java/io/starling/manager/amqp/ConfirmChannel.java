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
 * An AMQP channel that publishes, with the frames that the broker has not confirmed yet. Delivery
 * tags are counted for each channel, so a new connection gets a new object of this class: a confirm
 * of an old connection can never be taken for a frame of a new one.
 */
final class ConfirmChannel implements ConfirmListener, ReturnCallback {
  private static final int NO_RECEIVERS = 0;

  private final Opened opened;
  private final BrokerAddress address;

  /**
   * Whether frames are published as mandatory, so that the broker returns a frame that no queue
   * takes. RabbitMQ sends the return before the confirm. Other brokers do not promise this order,
   * so their frames are not mandatory.
   */
  private final boolean mandatory;

  /** The reason why the connection was cut; null before that. */
  private volatile @Nullable Throwable reason;

  /** The results of the unconfirmed frames, by delivery tag. Any thread may change this map. */
  private final ConcurrentSkipListMap<Long, CompletableFuture<Integer>> unconfirmed =
      new ConcurrentSkipListMap<>();

  /**
   * The delivery tags of returned frames whose confirm has not arrived yet. Only the thread of
   * RabbitMQ's client that reads from the connection uses this set.
   */
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

  /** Turns on publisher confirms. Waits for the broker. */
  void prepare() throws IOException {
    Channel channel = opened.channel();
    channel.confirmSelect();
    channel.addConfirmListener(this);
    channel.addReturnListener((ReturnCallback) this);
  }

  /**
   * Sends a frame. Called on one thread; may block while the broker takes no bytes. After an
   * exception this channel must not be used any more.
   *
   * @param confirmed completes with {@link Accepted#UNKNOWN}, or with 0 when no queue took the
   *     frame; fails when the broker refuses the frame or the connection ends
   */
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

  /** Notes that no queue took this frame. The confirm of the frame follows. */
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

  /**
   * Closes the socket at once, without the closing handshake, and fails all unconfirmed frames. Any
   * thread. The cause of the first call becomes the reason of the failures.
   */
  void cut(Throwable cause) {
    if (reason == null) {
      reason = cause;
    }
    opened.cut().run();
    failAll();
  }

  /** Fails every unconfirmed frame. Any thread. */
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
