package io.starling.manager.redis;

import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.starling.manager.pubsub.Broker;
import io.starling.manager.pubsub.BrokerAddress;
import io.starling.manager.pubsub.PubSubBackend.Listener;
import io.starling.manager.redis.RedisAddress.Topology;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the publishing and the subscribing connection as the topology of the address wants them.
 * Reconnecting is left to {@link io.starling.manager.pubsub.Reconnecting}, which tells the manager
 * about it.
 */
final class RedisBroker implements Broker {
  private static final Logger LOG = LoggerFactory.getLogger(RedisBroker.class);

  private static final RedisIdentity NODE = new RedisIdentity(null, true);

  private final RedisAddress address;
  private final Duration pingInterval;
  private final Listener listener;
  private final RedisConnector connector;
  private final ClusterNodes cluster;
  private final RedisRole role;
  private final SubscriberWatch watch = new SubscriberWatch();
  private final AtomicBoolean warned = new AtomicBoolean();

  /**
   * Prepares Lettuce; no connection is opened yet.
   *
   * @param name becomes part of the names of threads and connections
   * @param pingInterval how often a connection is checked, and how long the answer may take
   * @param listener receives the frames
   */
  RedisBroker(RedisAddress address, String name, Duration pingInterval, Listener listener) {
    this.address = address;
    this.pingInterval = pingInterval;
    this.listener = listener;
    this.connector = new RedisConnector(address, name);
    this.cluster = new ClusterNodes(address, connector);
    this.role =
        new RedisRole(
            address.topology() == Topology.SENTINEL || address.topology() == Topology.SHARDED);
  }

  @Override
  public BrokerAddress address() {
    return address.shown();
  }

  RedisRole role() {
    return role;
  }

  SubscriberWatch watch() {
    return watch;
  }

  Duration pingInterval() {
    return pingInterval;
  }

  Listener listener() {
    return listener;
  }

  @Override
  public Opening<? extends Publishing> publishing() {
    if (address.topology() == Topology.SHARDED) {
      Opening<ShardedPublishing> opening =
          link ->
              cluster
                  .slots()
                  .thenCompose(
                      slots ->
                          cluster
                              .connectAll(slots)
                              .thenApply(nodes -> new ShardedPublishing(slots, nodes, this, link)));
      return opening;
    }
    Opening<RedisPublishing> opening =
        link ->
            at(uri -> connector.connect(uri, "publish"))
                .thenApply(made -> new RedisPublishing(made, this, link));
    return opening;
  }

  @Override
  public Opening<? extends Subscribing> subscribing() {
    if (address.topology() == Topology.SHARDED) {
      Opening<ShardedSubscriptions> opening =
          link ->
              cluster
                  .slots()
                  .thenApply(slots -> new ShardedSubscriptions(slots, cluster, this, link));
      return opening;
    }
    Opening<RedisSubscriptions> opening =
        link ->
            at(connector::subscriber).thenApply(made -> new RedisSubscriptions(made, this, link));
    return opening;
  }

  /** Connects to the address, or to a node of the Cluster that answers. */
  private <C> CompletionStage<C> at(Function<RedisURI, CompletionStage<C>> connect) {
    return address.topology() == Topology.CLASSIC
        ? cluster.slots().thenCompose(slots -> connect.apply(slots.asked()))
        : connect.apply(address.uri());
  }

  /**
   * Finds out what a new connection to one server leads to. Fails when the server is a replica
   * although a master is expected. A node of a Cluster may be either, because it passes the frames
   * on to all other nodes; for the same reason its run id says nothing, and is left out.
   */
  CompletionStage<RedisIdentity> identify(StatefulRedisConnection<String, ByteBuffer> made) {
    if (address.topology() == Topology.CLASSIC) {
      return CompletableFuture.completedStage(NODE);
    }
    return RedisIdentity.of(made)
        .thenCompose(
            server -> {
              if (server.clusterNode()) {
                warnOfCluster();
                return CompletableFuture.completedStage(NODE);
              }
              return role.check(made).thenApply(master -> server);
            });
  }

  private void warnOfCluster() {
    if (warned.compareAndSet(false, true)) {
      LOG.warn(
          "{}: a node of a Redis Cluster (expected: redis-cluster://host,host, which finds the"
              + " other nodes when this one fails)",
          address);
    }
  }

  @Override
  public void cancel() {
    connector.cancel();
  }

  /** Closes every connection, then ends the threads of Lettuce. */
  @Override
  public CompletionStage<?> end() {
    return connector.end();
  }
}
