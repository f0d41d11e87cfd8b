package io.starling.manager.amqp;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import io.starling.manager.Accepted;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.amqp.AmqpConnections.Opened;
import io.starling.manager.pubsub.Broker.Publishing;
import io.starling.manager.pubsub.BrokerAddress;
import io.starling.manager.pubsub.Reconnecting;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection that publishes, with the frames that the broker has not confirmed yet. It sends each
 * frame at most once. When the connection breaks, its unconfirmed frames fail. Delivery tags are
 * counted for each connection, so a confirm of an old connection can never be taken for a frame of
 * a new one.
 *
 * <p>The thread of the link writes the frames, so a broker that takes no bytes blocks only that
 * thread. Few frames can wait for it, because a manager or emitter limits the number of its
 * unconfirmed frames.
 *
 * <p>When the broker blocks its publishers, this counts as a lost connection until the broker
 * unblocks them. The frames that were in flight are then sent again, and receivers drop the copies
 * that they had already received.
 */
final class AmqpPublishing implements Publishing {
  /** The longest routing key that AMQP allows, in bytes: AMQP 0-9-1 stores it as a short string. */
  private static final int MAX_KEY_BYTES = 255;

  private static final int NO_RECEIVERS = 0;

  private final Opened opened;
  private final Reconnecting<AmqpPublishing> link;
  private final String exchange;
  private final BrokerAddress address;
  private final Consumer<Throwable> exchangeMissed;

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

  /**
   * Prepares nothing yet.
   *
   * @param exchangeMissed hears of each loss whose reason is that the exchange does not exist. Any
   *     thread
   */
  AmqpPublishing(
      Opened opened,
      Reconnecting<AmqpPublishing> link,
      String exchange,
      Consumer<Throwable> exchangeMissed) {
    this.opened = opened;
    this.link = link;
    this.exchange = exchange;
    this.address = link.address();
    this.exchangeMissed = exchangeMissed;
    this.mandatory =
        "RabbitMQ".equals(String.valueOf(opened.connection().getServerProperties().get("product")));
  }

  @Override
  public CompletionStage<?> prepare() throws IOException {
    opened.watch(
        cause -> {
          link.lost(this, cause);
          if (AmqpAddress.isNotFound(cause)) {
            exchangeMissed.accept(cause);
          }
        });
    opened.declareExchange(exchange);
    Channel channel = opened.channel();
    channel.confirmSelect();
    channel.addConfirmListener(
        (tag, multiple) -> confirm(tag, multiple, true),
        (tag, multiple) -> confirm(tag, multiple, false));
    channel.addReturnListener(
        unroutable -> returned.add(Long.valueOf(unroutable.getProperties().getMessageId())));
    Connection connection = opened.connection();
    connection.addBlockedListener(
        why -> link.blocked(this, new IOException("blocked: " + why)), () -> link.unblocked(this));
    return CompletableFuture.completedStage(null);
  }

  /** Safe for any thread; does not block. */
  @Override
  public CompletionStage<Integer> publish(String key, ByteBuffer frame) {
    if (key.length() * 3 > MAX_KEY_BYTES
        && key.getBytes(StandardCharsets.UTF_8).length > MAX_KEY_BYTES) {
      return CompletableFuture.failedStage(
          new IllegalArgumentException(
              "channel: " + key + " (expected: at most " + MAX_KEY_BYTES + " bytes)"));
    }
    CompletableFuture<Integer> confirmed = new CompletableFuture<>();
    link.execute(() -> write(key, frame, confirmed));
    return confirmed;
  }

  /**
   * Writes a frame on the thread of the link.
   *
   * @param confirmed completes with {@link Accepted#UNKNOWN}, or with 0 when no queue took the
   *     frame; fails when the broker refuses the frame or the connection ends
   */
  private void write(String key, ByteBuffer frame, CompletableFuture<Integer> confirmed) {
    if (!link.isCurrent(this)) {
      confirmed.completeExceptionally(address.notConnected());
      return;
    }
    byte[] body = new byte[frame.remaining()];
    frame.duplicate().get(body);
    try {
      Channel channel = opened.channel();
      long tag = channel.getNextPublishSeqNo();
      unconfirmed.put(tag, confirmed);
      BasicProperties properties =
          mandatory
              ? new BasicProperties.Builder().messageId(Long.toString(tag)).build()
              : MessageProperties.MINIMAL_BASIC;
      channel.basicPublish(exchange, key, mandatory, properties, body);
    } catch (Throwable e) {
      // It is unknown whether the channel counted this frame, so its later confirms may be for
      // other frames than they seem to be. The connection is replaced.
      link.lost(this, e);
    }
    if (!link.isCurrent(this)) {
      failAll();
    }
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

  /** The cause of the first call becomes the reason with which the unconfirmed frames fail. */
  @Override
  public void cut(Throwable cause) {
    if (reason == null) {
      reason = cause;
    }
    opened.cut().run();
    failAll();
  }

  /** Fails every unconfirmed frame. Any thread. */
  private void failAll() {
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

  @Override
  public void close() {
    opened.close();
    failAll();
  }

  @Override
  public Duration patience() {
    return Opened.PATIENCE;
  }
}
