package io.starling.manager.amqp;

import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.MessageProperties;
import io.starling.manager.Accepted;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubBackend.Listener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Sends frames with publisher confirms, each at most once. A frame whose connection broke has
 * failed. The link's thread writes, so that a peer that takes no bytes stops nobody else; the
 * window of the publisher bounds what waits for it.
 *
 * <p>A broker that blocks its publishers counts as a lost direction until it unblocks them: what
 * was in flight then goes out again, and receivers drop what they had.
 */
final class AmqpPublishing implements AmqpLink.Owner, BlockedListener {
  private final AmqpConnections connections;
  private final String exchange;
  private final Listener listener;
  private final AmqpLink link;

  /** By delivery tag; of the connection that is open. */
  private final ConcurrentSkipListMap<Long, CompletableFuture<Integer>> unconfirmed =
      new ConcurrentSkipListMap<>();

  private volatile @Nullable Channel channel;
  private boolean blocked;

  AmqpPublishing(
      AmqpConnections connections, String exchange, boolean keepTrying, Listener listener) {
    this.connections = connections;
    this.exchange = exchange;
    this.listener = listener;
    this.link = new AmqpLink(connections, "publisher", keepTrying, this);
  }

  CompletionStage<Void> start() {
    return link.start();
  }

  /** Any thread; does not block. */
  CompletionStage<Integer> publish(String key, ByteBuffer frame) {
    Channel now = channel;
    if (now == null) {
      return CompletableFuture.failedStage(
          connections.address().unavailable(Outcome.NOT_SENT, null));
    }
    CompletableFuture<Integer> confirmed = new CompletableFuture<>();
    link.execute(() -> write(now, key, bytes(frame), confirmed));
    return confirmed;
  }

  private void write(Channel on, String key, byte[] body, CompletableFuture<Integer> confirmed) {
    if (on != channel) {
      confirmed.completeExceptionally(connections.address().unavailable(Outcome.NOT_SENT, null));
      return;
    }
    long tag = on.getNextPublishSeqNo();
    unconfirmed.put(tag, confirmed);
    try {
      on.basicPublish(exchange, key, MessageProperties.MINIMAL_BASIC, body);
    } catch (IOException | RuntimeException e) {
      if (unconfirmed.remove(tag) != null) {
        confirmed.completeExceptionally(connections.address().unavailable(Outcome.UNKNOWN, e));
      }
    }
  }

  private static byte[] bytes(ByteBuffer frame) {
    byte[] copy = new byte[frame.remaining()];
    frame.duplicate().get(copy);
    return copy;
  }

  /** Blocks for 2 s at most. */
  void close() {
    link.close(() -> failAll(null));
    failAll(null);
  }

  @Override
  public void prepare(Connection connection, Channel made) throws IOException {
    AmqpTopology.declareExchange(connection, exchange);
    made.confirmSelect();
    made.addConfirmListener(
        (tag, multiple) -> confirm(made, tag, multiple, true),
        (tag, multiple) -> confirm(made, tag, multiple, false));
    connection.addBlockedListener(this);
    blocked = false;
    channel = made;
  }

  @Override
  public void up(boolean tell) {
    if (tell) {
      listener.connectionRestored(Direction.PUBLISH);
    }
  }

  @Override
  public void down(BackendUnavailableException cause) {
    channel = null;
    failAll(cause);
    if (!blocked) {
      listener.connectionLost(Direction.PUBLISH, cause);
    }
    blocked = false;
  }

  @Override
  public void handleBlocked(String reason) {
    link.execute(
        () -> {
          if (!blocked && channel != null) {
            blocked = true;
            listener.connectionLost(
                Direction.PUBLISH,
                new BackendUnavailableException(
                    connections.address()
                        + ": publishers blocked, "
                        + reason
                        + " (expected: a RabbitMQ server with memory and disk space left)",
                    Outcome.UNKNOWN,
                    null));
          }
        });
  }

  @Override
  public void handleUnblocked() {
    link.execute(
        () -> {
          if (blocked) {
            blocked = false;
            listener.connectionRestored(Direction.PUBLISH);
          }
        });
  }

  private void confirm(Channel from, long tag, boolean multiple, boolean taken) {
    if (from != channel) {
      return;
    }
    Map<Long, CompletableFuture<Integer>> told =
        multiple ? unconfirmed.headMap(tag, true) : unconfirmed.subMap(tag, true, tag, true);
    for (Long each : told.keySet()) {
      CompletableFuture<Integer> confirmed = unconfirmed.remove(each);
      if (confirmed == null) {
        continue;
      }
      if (taken) {
        confirmed.complete(Accepted.UNKNOWN);
      } else {
        confirmed.completeExceptionally(
            new BackendUnavailableException(
                connections.address() + ": frame refused (expected: taken)",
                Outcome.NOT_SENT,
                null));
      }
    }
  }

  private void failAll(@Nullable Throwable cause) {
    for (Long tag : unconfirmed.keySet()) {
      CompletableFuture<Integer> confirmed = unconfirmed.remove(tag);
      if (confirmed != null) {
        confirmed.completeExceptionally(connections.address().unavailable(Outcome.UNKNOWN, cause));
      }
    }
  }
}
