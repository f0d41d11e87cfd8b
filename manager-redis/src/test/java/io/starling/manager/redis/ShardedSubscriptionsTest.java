package io.starling.manager.redis;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.manager.pubsub.BackendUrl;
import io.starling.manager.pubsub.Broker;
import io.starling.manager.pubsub.BrokerAddress;
import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubSettings;
import io.starling.manager.pubsub.Reconnecting;
import io.starling.manager.pubsub.ReconnectingBackend;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The node that owns all slots takes connections, and never answers. */
@Timeout(30)
class ShardedSubscriptionsTest {
  private final IOException lost = new IOException("lost");

  private ServerSocket silent;
  private RedisConnector connector;
  private FakeBroker broker;
  private PubSubBackend backend;

  @BeforeEach
  void open() throws Exception {
    silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    RedisAddress address =
        RedisUrl.parse(BackendUrl.parse("redis-cluster://127.0.0.1:" + silent.getLocalPort()));
    connector = new RedisConnector(address, "test");
    RecordingListener listener = new RecordingListener();
    broker = new FakeBroker(address, connector, listener);
    backend = new ReconnectingBackend("fake", "test", Set.of(), (settings, heard) -> broker);
    backend
        .start(EnumSet.of(PubSubBackend.Direction.SUBSCRIBE), PubSubSettings.DEFAULTS, listener)
        .toCompletableFuture()
        .get(5, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() throws Exception {
    connector.cancel();
    backend.close(Duration.ofSeconds(5));
    connector.end().toCompletableFuture().get(10, TimeUnit.SECONDS);
    silent.close();
  }

  @Test
  void aCutFailsWhoWaitsForANodeThatIsBeingOpened() {
    ShardedSubscriptions subscriptions = requireNonNull(broker.made);
    CompletionStage<?> subscribed = subscriptions.subscribe("a");
    CompletionStage<?> other = subscriptions.subscribe("b");
    CompletionStage<?> ended = subscriptions.unsubscribe("b");

    requireNonNull(broker.link).lost(subscriptions, lost);

    for (CompletionStage<?> each : List.of(subscribed, other, ended)) {
      assertThatThrownBy(() -> each.toCompletableFuture().get(2, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasCause(lost);
    }
  }

  @Test
  void aCutWaitsForNoLockOfTheSubscriptions() throws Exception {
    ShardedSubscriptions subscriptions = requireNonNull(broker.made);
    Reconnecting<ShardedSubscriptions> link = requireNonNull(broker.link);
    CompletableFuture<?> cut;
    synchronized (subscriptions) {
      cut = CompletableFuture.runAsync(() -> link.lost(subscriptions, lost));
      cut.get(5, TimeUnit.SECONDS);
    }
    assertThat(subscriptions.isCurrent()).isFalse();
  }

  @Test
  void whoWaitsIsToldWithoutTheLockOfTheLink() throws Exception {
    ShardedSubscriptions subscriptions = requireNonNull(broker.made);
    Reconnecting<ShardedSubscriptions> link = requireNonNull(broker.link);
    CompletionStage<Boolean> locked =
        subscriptions.subscribe("a").handle((done, error) -> Thread.holdsLock(link));

    link.lost(subscriptions, lost);

    assertThat(locked.toCompletableFuture().get(2, TimeUnit.SECONDS)).isFalse();
  }

  /** Makes real subscriptions with the link of the back end. */
  private static final class FakeBroker implements Broker {
    private final RedisAddress address;
    private final ClusterNodes cluster;
    private final RedisBroker owner;
    private volatile @Nullable ShardedSubscriptions made;
    private volatile @Nullable Reconnecting<ShardedSubscriptions> link;

    FakeBroker(RedisAddress address, RedisConnector connector, PubSubBackend.Listener listener) {
      this.address = address;
      this.cluster = new ClusterNodes(address, connector);
      this.owner = new RedisBroker(address, "owner", Duration.ofSeconds(20), listener);
    }

    @Override
    public BrokerAddress address() {
      return address.shown();
    }

    @Override
    public Opening<? extends Publishing> publishing() {
      Opening<ShardedPublishing> none =
          unused -> CompletableFuture.failedStage(new IOException("none"));
      return none;
    }

    @Override
    public Opening<? extends Subscribing> subscribing() {
      Opening<ShardedSubscriptions> opening =
          given -> {
            ShardedSubscriptions next =
                new ShardedSubscriptions(slots(address), cluster, owner, given);
            if (made == null) {
              made = next;
              link = given;
            }
            return CompletableFuture.completedStage(next);
          };
      return opening;
    }

    @Override
    public CompletionStage<?> end() {
      return owner.end();
    }

    private static ClusterSlots slots(RedisAddress address) {
      long port = address.uri().getPort();
      return ClusterSlots.of(
          address.uri(), List.of(List.of(0L, 16_383L, List.of(ByteBuffer.allocate(0), port))));
    }
  }
}
