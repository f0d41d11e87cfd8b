package io.starling.manager.redis;

import io.starling.manager.pubsub.BackendUrl;
import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubBackend.Capability;
import io.starling.manager.pubsub.PubSubBackendProvider;
import io.starling.manager.pubsub.ReconnectingBackend;
import io.starling.manager.redis.RedisAddress.Topology;
import java.time.Duration;
import java.util.Set;

/**
 * Creates the Redis back end for these URLs. {@code valkey} may stand for {@code redis}, and {@code
 * rediss} and {@code valkeys} mean the same over TLS. The {@link java.util.ServiceLoader} finds
 * this class.
 *
 * <ul>
 *   <li>{@code redis://[user:password@]host[:6379][/db]}: one server; {@code redis://} alone means
 *       localhost
 *   <li>{@code redis-socket:///path/to/socket}: one server, without TLS
 *   <li>{@code redis-sentinel://[user:password@]host[:26379],…/master-name}: the master that the
 *       Sentinels name
 *   <li>{@code redis-cluster://[user:password@]host[:6379],…}: a Cluster, of which one node must
 *       answer
 * </ul>
 *
 * <p>The URL may have these parameters: {@code verify} says how far the certificate is checked with
 * TLS ({@code full}, the default, {@code ca} or {@code none}); {@code ca} names a PEM file with the
 * certificates to trust; {@code db} is the number of the database for {@code redis-socket://};
 * {@code sentinel-user} and {@code sentinel-password} log in at the Sentinels; {@code
 * pubsub=classic} makes a Cluster older than Redis 7 usable. Pub/sub ignores the database: its
 * channels are the same in all of them.
 */
public final class RedisBackendProvider implements PubSubBackendProvider {
  private static final Duration PING_INTERVAL = Duration.ofSeconds(5);

  @Override
  public Set<String> schemes() {
    return RedisUrl.schemes();
  }

  @Override
  public Set<String> parameters() {
    return RedisUrl.PARAMETERS;
  }

  @Override
  public PubSubBackend create(BackendUrl url, String name) {
    return create(url, name, PING_INTERVAL);
  }

  /**
   * Creates a back end.
   *
   * @param pingInterval how often a connection is checked, and how long the answer may take
   */
  static PubSubBackend create(BackendUrl url, String name, Duration pingInterval) {
    RedisAddress address = RedisUrl.parse(url);
    return new ReconnectingBackend(
        address.toString(),
        "starling-" + name + "-redis",
        address.topology() == Topology.CLASSIC ? Set.of() : Set.of(Capability.COUNTS_RECEIVERS),
        (settings, listener) -> new RedisBroker(address, name, pingInterval, listener));
  }
}
