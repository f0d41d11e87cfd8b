package io.starling.manager.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import io.starling.manager.amqp.AmqpBroker.Limits;
import io.starling.manager.amqp.AmqpBroker.QueueName;
import io.starling.manager.amqp.AmqpConnections.Opened;
import io.starling.manager.pubsub.Broker.Subscribing;
import io.starling.manager.pubsub.Reconnecting;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that subscribes. Each channel is a binding of a queue that exists as long as the
 * connection. This object receives the frames of that queue, on the client's thread for deliveries,
 * and acknowledges them.
 */
final class AmqpSubscriptions extends DefaultConsumer implements Subscribing {
  private static final Logger LOG = LoggerFactory.getLogger(AmqpSubscriptions.class);
  private static final int ACK_BATCH = 64;

  private final Opened opened;
  private final Reconnecting<AmqpSubscriptions> link;
  private final Limits limits;
  private final QueueName queue;
  private volatile boolean paused;

  /** The delivery tag of the last frame that the listener has handled. Guarded by this. */
  private long handledTag;

  /** The delivery tag of the last frame that was acknowledged. Guarded by this. */
  private long ackedTag;

  AmqpSubscriptions(
      Opened opened, Reconnecting<AmqpSubscriptions> link, Limits limits, QueueName queue) {
    super(opened.channel());
    this.opened = opened;
    this.link = link;
    this.limits = limits;
    this.queue = queue;
  }

  /**
   * Declares a queue that the broker deletes when the connection ends. A full queue drops its
   * oldest frames.
   */
  @Override
  public CompletionStage<?> prepare() throws IOException {
    opened.watch(
        cause -> {
          if (isRefusal(cause)) {
            queue.keep().run();
          }
          link.lost(this, cause);
        });
    opened.declareExchange(limits.exchange());
    Map<String, Object> bounds =
        Map.of("x-max-length-bytes", limits.queueBytes(), "x-overflow", "drop-head");
    getChannel().queueDeclare(queue.text(), false, true, false, bounds);
    getChannel().basicQos(limits.prefetch());
    getChannel().basicConsume(queue.text(), false, this);
    return CompletableFuture.completedStage(null);
  }

  @Override
  public CompletionStage<?> subscribe(String key) throws IOException {
    getChannel().queueBind(queue.text(), limits.exchange(), key);
    return CompletableFuture.completedStage(null);
  }

  @Override
  public CompletionStage<?> unsubscribe(String key) throws IOException {
    getChannel().queueUnbind(queue.text(), limits.exchange(), key);
    return CompletableFuture.completedStage(null);
  }

  /** The broker has then closed the AMQP channel, and so the connection is lost as well. */
  @Override
  public boolean isRefusal(Throwable error) {
    return AmqpAddress.isAccessRefused(error);
  }

  /**
   * During a pause frames that were handled are not acknowledged, so the broker sends no more of
   * them than its prefetch allows.
   */
  @Override
  public void pause(boolean pause) {
    paused = pause;
  }

  /**
   * Passes a frame to the listener. Frames of a connection that has already been replaced are
   * dropped, because newer frames may have been delivered before them.
   */
  @Override
  public void handleDelivery(
      String consumer, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
    if (link.isCurrent(this)) {
      limits.listener().frame(envelope.getRoutingKey(), ByteBuffer.wrap(body));
      synchronized (this) {
        handledTag = envelope.getDeliveryTag();
      }
      ackHandled(ACK_BATCH);
    }
  }

  /**
   * Acknowledges the handled frames, unless there are fewer than the given number or the delivery
   * is paused. Any thread.
   */
  private synchronized void ackHandled(int atLeast) {
    if (paused || handledTag - ackedTag < atLeast) {
      return;
    }
    try {
      getChannel().basicAck(handledTag, true);
      ackedTag = handledTag;
    } catch (IOException | RuntimeException e) {
      LOG.debug("{}: not acked", link.address(), e);
    }
  }

  @Override
  public void handleCancel(String consumer) {
    link.lost(this, new IOException("the broker ended the subscription"));
  }

  /** Acknowledges handled frames that are too few for a batch. */
  @Override
  public CompletionStage<?> check() {
    ackHandled(1);
    return CompletableFuture.completedStage(null);
  }

  @Override
  public void cut(Throwable cause) {
    opened.cut().run();
  }

  @Override
  public void close() {
    opened.close();
  }

  @Override
  public Duration checkInterval() {
    return Duration.ofMillis(100);
  }

  @Override
  public Duration patience() {
    return Opened.PATIENCE;
  }
}
