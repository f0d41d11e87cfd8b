package io.starling.manager.redis;

import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisURI;
import io.starling.manager.pubsub.BackendUrl.HostPort;
import io.starling.manager.pubsub.BrokerAddress;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The address of a Redis server, or of the Sentinels or the Cluster that know the servers.
 *
 * @param seeds the addresses for Lettuce, with credentials: for a Cluster the nodes that the URL
 *     names, otherwise one address
 * @param authorities a PEM file with the certificates that TLS trusts; null for those that Java
 *     trusts
 * @param shown the address for logs and errors, without credentials
 */
record RedisAddress(
    Topology topology, List<RedisURI> seeds, @Nullable Path authorities, BrokerAddress shown) {
  /** How the servers behind an address are arranged. */
  enum Topology {
    /** One server. */
    SINGLE,
    /** A master and its replicas. The Sentinels tell which one is the master. */
    SENTINEL,
    /** A Cluster. The node that owns the slot of a channel carries the channel. */
    SHARDED,
    /** A Cluster. Each node passes the frames of all channels on to all other nodes. */
    CLASSIC
  }

  RedisAddress(Topology topology, List<RedisURI> seeds, @Nullable Path authorities, String text) {
    this(
        topology,
        List.copyOf(seeds),
        authorities,
        new BrokerAddress(
            text, "a Redis server that answers", error -> explain(error, seeds.get(0))));
  }

  /** The only address, or the first one of a Cluster. */
  RedisURI uri() {
    return seeds.get(0);
  }

  /** Returns the address of another node of the same Cluster. */
  RedisURI at(HostPort node) {
    return RedisURI.builder(uri()).withHost(node.host()).withPort(node.port()).build();
  }

  private static @Nullable String explain(Throwable error, RedisURI uri) {
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = String.valueOf(root.getMessage());
    if (root instanceof RedisCommandTimeoutException || message.contains("timed out")) {
      return "no answer within " + uri.getTimeout().toMillis() + " ms";
    }
    return message.matches("(?i).*unknown command.*\\bs(subscribe|publish)\\b.*")
        ? "no sharded pub/sub before Redis 7, add ?pubsub=classic"
        : null;
  }

  @Override
  public String toString() {
    return shown.toString();
  }
}
