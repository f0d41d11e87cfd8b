package io.starling.manager.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.HostId;
import io.starling.manager.amqp.AmqpConnections.Opened;
import io.starling.manager.pubsub.BrokerAddress;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubBackend.Listener;
import io.starling.manager.pubsub.Reconnecting;
import io.starling.manager.pubsub.ReconnectingBackend.Subscribing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subscribing half of the RabbitMQ back end. Each wanted channel is a binding of a queue that
 * exists as long as its connection. Every connection declares a queue with a new name, because the
 * broker may not have deleted the last one yet.
 *
 * <p>The {@link Reconnecting} link keeps the connection up, on a thread of its own. Only that
 * thread uses the fields that are not volatile. Frames arrive on the client's thread for
 * deliveries.
 */
final class AmqpSubscriptions implements Subscribing, Reconnecting.Driver<AmqpSubscriptions.Queue> {
  private static final Logger LOG = LoggerFactory.getLogger(AmqpSubscriptions.class);
  private static final int ACK_BATCH = 64;

  private final BrokerAddress address;
  private final Opener opener;
  private final Limits limits;
  private final Reconnecting<Queue> link;
  private final String queuePrefix;

  /**
   * The wanted channels. The stage of a channel completes when its binding is in force for the
   * first time.
   */
  private final Map<String, CompletableFuture<Void>> wanted = new LinkedHashMap<>();

  /** The queue that all wanted channels are bound to; null while there is no connection. */
  private @Nullable Queue queue;

  /** How many queues were named so far; part of the name of the next one. */
  private int queues;

  private boolean closed;
  private volatile boolean paused;

  /**
   * Settings for the subscribing connection.
   *
   * @param exchange the exchange that the queues are bound to
   * @param queueBytes how many bytes the broker keeps for a host that reads too slowly
   * @param prefetch how many frames the broker may send that are not acknowledged yet
   * @param listener receives the frames
   */
  record Limits(String exchange, long queueBytes, int prefetch, Listener listener) {}

  AmqpSubscriptions(String threadName, BrokerAddress address, Opener opener, Limits limits) {
    this.address = address;
    this.opener = opener;
    this.limits = limits;
    this.queuePrefix = limits.exchange() + "." + HostId.random() + ".";
    this.link = new Reconnecting<>(threadName, Direction.SUBSCRIBE, address, this);
  }

  @Override
  public Reconnecting<?> link() {
    return link;
  }

  /**
   * Safe for any thread; does not block. A channel that is already wanted is bound once more on the
   * broker. The stage completes when the binding is in force.
   */
  @Override
  public CompletionStage<Void> subscribe(String key) {
    CompletableFuture<Void> stage = new CompletableFuture<>();
    link.execute(
        () -> {
          if (closed) {
            stage.completeExceptionally(address.closed());
            return;
          }
          CompletableFuture<Void> before = wanted.put(key, stage);
          if (before != null) {
            var unused = stage.whenComplete((done, error) -> finish(before, error));
          }
          if (queue != null) {
            bind(queue, key, stage);
          }
        });
    return stage;
  }

  private void bind(Queue to, String key, CompletableFuture<Void> stage) {
    try {
      to.opened.channel().queueBind(to.name, limits.exchange(), key);
      stage.complete(null);
    } catch (IOException | RuntimeException e) {
      if (AmqpAddress.isAccessRefused(e)) {
        wanted.remove(key, stage);
        stage.completeExceptionally(address.unavailable(Outcome.NOT_SENT, e));
      }
      // The broker has closed the AMQP channel. The next connection binds all wanted channels
      // again.
      link.lost(to, e);
    }
  }

  /** Safe for any thread; does not block. */
  @Override
  public CompletionStage<Void> unsubscribe(String key) {
    CompletableFuture<Void> stage = new CompletableFuture<>();
    link.execute(
        () -> {
          CompletableFuture<Void> before = wanted.remove(key);
          if (before != null) {
            before.completeExceptionally(address.closed());
          }
          if (queue != null) {
            try {
              queue.opened.channel().queueUnbind(queue.name, limits.exchange(), key);
            } catch (IOException | RuntimeException e) {
              // The lost connection takes its queue and all bindings with it. The next connection
              // does not bind this channel.
              link.lost(queue, e);
            }
          }
          stage.complete(null);
        });
    return stage;
  }

  /**
   * Safe for any thread; does not block. During a pause frames that were handled are not
   * acknowledged, so the broker sends no more of them than its prefetch allows.
   */
  @Override
  public void pause(boolean pause) {
    paused = pause;
  }

  @Override
  public CompletionStage<Void> close() {
    opener.close();
    link.execute(
        () -> {
          closed = true;
          wanted.values().forEach(stage -> stage.completeExceptionally(address.closed()));
          wanted.clear();
        });
    return link.close();
  }

  @Override
  public CompletionStage<Queue> open() throws IOException, TimeoutException {
    Opened opened = opener.open("subscriber");
    return CompletableFuture.completedStage(new Queue(opened, queuePrefix + queues++));
  }

  @Override
  public CompletionStage<?> prepare(Queue made) throws IOException {
    Channel channel = made.opened.channel();
    made.opened.connection().addShutdownListener(cause -> link.lost(made, cause));
    channel.addShutdownListener(cause -> link.lost(made, cause));
    AmqpTopology.declareExchange(made.opened.connection(), limits.exchange());
    AmqpTopology.declareQueue(channel, made.name, limits.queueBytes());
    for (String key : List.copyOf(wanted.keySet())) {
      channel.queueBind(made.name, limits.exchange(), key);
    }
    channel.basicQos(limits.prefetch());
    channel.basicConsume(made.name, false, made);
    queue = made;
    wanted.values().forEach(stage -> stage.complete(null));
    return CompletableFuture.completedStage(null);
  }

  /** Acknowledges handled frames that are too few for a batch. */
  @Override
  public CompletionStage<?> check(Queue on) {
    on.ackHandled(1);
    return CompletableFuture.completedStage(null);
  }

  @Override
  public void cut(Queue gone, Throwable cause) {
    gone.opened.cut().run();
  }

  @Override
  public void close(Queue gone) {
    queue = null;
    gone.opened.close();
  }

  @Override
  public Duration checkInterval() {
    return Duration.ofMillis(100);
  }

  /** One day means never: each call to the broker already has a time-out of its own. */
  @Override
  public Duration patience() {
    return Duration.ofDays(1);
  }

  private static void finish(CompletableFuture<Void> stage, @Nullable Throwable error) {
    if (error == null) {
      stage.complete(null);
    } else {
      stage.completeExceptionally(error);
    }
  }

  /**
   * The queue of one connection. It receives the frames of that queue and acknowledges them. The
   * two tags are guarded by this object.
   */
  final class Queue extends DefaultConsumer {
    private final Opened opened;
    private final String name;

    /** The delivery tag of the last frame that the listener has handled. */
    private long handledTag;

    /** The delivery tag of the last frame that was acknowledged. */
    private long ackedTag;

    Queue(Opened opened, String name) {
      super(opened.channel());
      this.opened = opened;
      this.name = name;
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

    /** Acknowledges the handled frames, if there are so many; never during a pause. Any thread. */
    void ackHandled(int atLeast) {
      synchronized (this) {
        if (paused || handledTag - ackedTag < atLeast) {
          return;
        }
        try {
          getChannel().basicAck(handledTag, true);
          ackedTag = handledTag;
        } catch (IOException | RuntimeException e) {
          LOG.debug("{}: not acked", address, e);
        }
      }
    }

    @Override
    public void handleCancel(String consumer) {
      link.lost(this, new IOException("the broker ended the subscription"));
    }
  }
}
