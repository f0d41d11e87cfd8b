package io.starling.manager.amqp;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubBackend.Listener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is subscribed to: bindings of a queue that lives as long as its connection. Each connection
 * has a queue of another name, because the broker may still hold the last one. All state but what
 * is volatile belongs to the link's thread; frames come on the client's thread for deliveries.
 */
final class AmqpSubscriptions implements AmqpLink.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(AmqpSubscriptions.class);
  private static final int ACK_BATCH = 64;
  private static final long ACK_MILLIS = 100;

  private final AmqpConnections connections;
  private final AmqpBackend.Options options;
  private final String exchange;
  private final String queuePrefix;
  private final Listener listener;
  private final AmqpLink link;

  /** Each with a stage that completes when it is in force for the first time. */
  private final Map<String, CompletableFuture<Void>> wanted = new LinkedHashMap<>();

  private @Nullable Channel channel;
  private @Nullable String queue;
  private @Nullable Frames frames;
  private int queues;
  private volatile boolean paused;

  AmqpSubscriptions(
      AmqpConnections connections,
      AmqpBackend.Options options,
      String exchange,
      String queuePrefix,
      boolean keepTrying,
      Listener listener) {
    this.connections = connections;
    this.options = options;
    this.exchange = exchange;
    this.queuePrefix = queuePrefix;
    this.listener = listener;
    this.link = new AmqpLink(connections, "subscriber", keepTrying, this);
  }

  CompletionStage<Void> start() {
    link.repeat(
        ACK_MILLIS,
        () -> {
          Frames now = frames;
          if (now != null) {
            now.ackHandled(1);
          }
        });
    return link.start();
  }

  /** Any thread. */
  CompletionStage<Void> subscribe(String key) {
    CompletableFuture<Void> stage = new CompletableFuture<>();
    link.execute(
        () -> {
          CompletionStage<Void> before = wanted.putIfAbsent(key, stage);
          if (before != null) {
            before.whenComplete((done, error) -> finish(stage, error));
          } else if (channel != null && queue != null) {
            bind(channel, queue, key, stage);
          }
        });
    return stage;
  }

  private void bind(Channel on, String to, String key, CompletableFuture<Void> stage) {
    try {
      on.queueBind(to, exchange, key);
      stage.complete(null);
    } catch (IOException | RuntimeException e) {
      // The channel is broken; the next connection binds what is wanted.
      LOG.debug("{}: no binding for {}", connections.address(), key, e);
    }
  }

  /** Any thread. */
  CompletionStage<Void> unsubscribe(String key) {
    CompletableFuture<Void> stage = new CompletableFuture<>();
    link.execute(
        () -> {
          CompletableFuture<Void> before = wanted.remove(key);
          if (before != null) {
            before.completeExceptionally(closed());
          }
          if (channel != null && queue != null) {
            try {
              channel.queueUnbind(queue, exchange, key);
            } catch (IOException | RuntimeException e) {
              LOG.debug("{}: the queue is gone with its bindings", connections.address(), e);
            }
          }
          stage.complete(null);
        });
    return stage;
  }

  /** Any thread. What was handled is confirmed later, so the broker sends its prefetch at most. */
  void pause(boolean pause) {
    paused = pause;
  }

  /** Blocks for 2 s at most. */
  void close() {
    link.close(
        () -> {
          wanted.values().forEach(stage -> stage.completeExceptionally(closed()));
          wanted.clear();
        });
  }

  private BackendUnavailableException closed() {
    return new BackendUnavailableException(
        connections.address() + ": closed or unsubscribed (expected: neither)",
        Outcome.NOT_SENT,
        null);
  }

  @Override
  public void prepare(Connection connection, Channel made) throws IOException {
    AmqpTopology.declareExchange(connection, exchange);
    String name = queuePrefix + queues++;
    AmqpTopology.declareQueue(made, name, options.queueBytes());
    for (String key : List.copyOf(wanted.keySet())) {
      made.queueBind(name, exchange, key);
    }
    made.basicQos(options.prefetch());
    Frames consumer = new Frames(made);
    made.basicConsume(name, false, consumer);
    channel = made;
    queue = name;
    frames = consumer;
    wanted.values().forEach(stage -> stage.complete(null));
  }

  @Override
  public void up(boolean tell) {
    if (tell) {
      listener.connectionRestored(Direction.SUBSCRIBE);
    }
  }

  @Override
  public void down(BackendUnavailableException cause) {
    channel = null;
    queue = null;
    frames = null;
    listener.connectionLost(Direction.SUBSCRIBE, cause);
  }

  private static void finish(CompletableFuture<Void> stage, @Nullable Throwable error) {
    if (error == null) {
      stage.complete(null);
    } else {
      stage.completeExceptionally(error);
    }
  }

  /** The deliveries of one channel. */
  private final class Frames extends DefaultConsumer {
    private long handledTag;
    private long ackedTag;

    Frames(Channel on) {
      super(on);
    }

    @Override
    public void handleDelivery(
        String consumer, Envelope envelope, AMQP.BasicProperties properties, byte[] body) {
      if (stale()) {
        return;
      }
      listener.frame(envelope.getRoutingKey(), ByteBuffer.wrap(body));
      synchronized (this) {
        handledTag = envelope.getDeliveryTag();
      }
      ackHandled(ACK_BATCH);
    }

    /**
     * What a connection delivered that is already replaced would overtake nothing, but come late.
     */
    private boolean stale() {
      AmqpConnections.Opened now = link.opened();
      return now == null || now.channel() != getChannel();
    }

    void ackHandled(int atLeast) {
      synchronized (this) {
        if (paused || handledTag - ackedTag < atLeast) {
          return;
        }
        try {
          getChannel().basicAck(handledTag, true);
          ackedTag = handledTag;
        } catch (IOException | RuntimeException e) {
          LOG.debug("{}: not acked", connections.address(), e);
        }
      }
    }

    @Override
    public void handleCancel(String consumer) {
      link.execute(
          () -> link.lost(link.opened(), new IOException("the broker ended the subscription")));
    }
  }
}
