package io.starling.manager.amqp;

import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.Connection;
import io.starling.manager.pubsub.BrokerAddress;
import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.Reconnecting;
import io.starling.manager.pubsub.ReconnectingBackend.Publishing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * The publishing half of the RabbitMQ back end. It sends each frame at most once and waits for the
 * broker to confirm it. When a connection breaks, its unconfirmed frames fail. The {@link
 * Reconnecting} link keeps the connection up, and its thread writes the frames, so a broker that
 * takes no bytes blocks only that thread. Few frames can wait for it, because a manager or emitter
 * limits the number of its unconfirmed frames.
 *
 * <p>When the broker blocks its publishers, this counts as a lost connection until the broker
 * unblocks them. The frames that were in flight are then sent again, and receivers drop the copies
 * that they had already received.
 */
final class AmqpPublishing implements Publishing, Reconnecting.Driver<ConfirmChannel> {
  /** The longest routing key that AMQP allows, in bytes: AMQP 0-9-1 stores it as a short string. */
  private static final int MAX_KEY_BYTES = 255;

  private final BrokerAddress address;
  private final Opener opener;
  private final String exchange;
  private final Reconnecting<ConfirmChannel> link;

  AmqpPublishing(String threadName, BrokerAddress address, Opener opener, String exchange) {
    this.address = address;
    this.opener = opener;
    this.exchange = exchange;
    this.link = new Reconnecting<>(threadName, Direction.PUBLISH, address, this);
  }

  @Override
  public Reconnecting<?> link() {
    return link;
  }

  @Override
  public CompletionStage<Void> close() {
    opener.close();
    return link.close();
  }

  /** Safe for any thread; does not block. */
  @Override
  public CompletionStage<Integer> publish(String key, ByteBuffer frame, BooleanSupplier inOrder) {
    ConfirmChannel now = link.connection();
    if (now == null) {
      return CompletableFuture.failedStage(address.notConnected());
    }
    if (!inOrder.getAsBoolean()) {
      return PubSubBackend.outOfOrder();
    }
    if (key.length() * 3 > MAX_KEY_BYTES
        && key.getBytes(StandardCharsets.UTF_8).length > MAX_KEY_BYTES) {
      return CompletableFuture.failedStage(
          new IllegalArgumentException(
              "channel: " + key + " (expected: at most " + MAX_KEY_BYTES + " bytes)"));
    }
    CompletableFuture<Integer> confirmed = new CompletableFuture<>();
    link.execute(() -> write(now, key, frame, confirmed));
    return confirmed;
  }

  private void write(
      ConfirmChannel on, String key, ByteBuffer frame, CompletableFuture<Integer> confirmed) {
    if (!link.isCurrent(on)) {
      confirmed.completeExceptionally(address.notConnected());
      return;
    }
    try {
      on.publish(exchange, key, bytes(frame), confirmed);
    } catch (Throwable e) {
      // It is unknown whether the channel counted this frame, so its later confirms may be for
      // other frames than they seem to be. The connection is replaced.
      link.lost(on, e);
    }
    if (!link.isCurrent(on)) {
      on.failAll();
    }
  }

  private static byte[] bytes(ByteBuffer frame) {
    byte[] bytes = new byte[frame.remaining()];
    frame.duplicate().get(bytes);
    return bytes;
  }

  @Override
  public CompletionStage<ConfirmChannel> open() throws IOException, TimeoutException {
    return CompletableFuture.completedStage(new ConfirmChannel(opener.open("publisher"), address));
  }

  @Override
  public CompletionStage<?> prepare(ConfirmChannel made) throws IOException {
    Connection connection = made.opened().connection();
    connection.addShutdownListener(cause -> link.lost(made, cause));
    made.opened().channel().addShutdownListener(cause -> link.lost(made, cause));
    AmqpTopology.declareExchange(connection, exchange);
    made.prepare();
    connection.addBlockedListener(
        new BlockedListener() {
          @Override
          public void handleBlocked(String reason) {
            link.blocked(made, new IOException("blocked: " + reason));
          }

          @Override
          public void handleUnblocked() {
            link.unblocked(made);
          }
        });
    return CompletableFuture.completedStage(null);
  }

  @Override
  public void cut(ConfirmChannel gone, Throwable cause) {
    gone.cut(cause);
  }

  @Override
  public void close(ConfirmChannel gone) {
    gone.opened().close();
    gone.failAll();
  }

  /** One day means never: each call to the broker already has a time-out of its own. */
  @Override
  public Duration patience() {
    return Duration.ofDays(1);
  }
}
