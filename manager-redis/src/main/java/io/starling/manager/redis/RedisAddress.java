package io.starling.manager.redis;

import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisURI;
import io.starling.manager.pubsub.BrokerAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The address of a Redis server.
 *
 * @param uri the address for Lettuce, with credentials
 * @param authorities a PEM file with the certificates that TLS trusts; null for those that Java
 *     trusts
 * @param shown the address for logs and errors, without credentials
 */
record RedisAddress(RedisURI uri, @Nullable Path authorities, BrokerAddress shown) {
  RedisAddress(RedisURI uri, @Nullable Path authorities, String text) {
    this(
        uri,
        authorities,
        new BrokerAddress(text, "a Redis server that answers", error -> explain(error, uri)));
  }

  private static @Nullable String explain(Throwable error, RedisURI uri) {
    Throwable root = error;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root instanceof RedisCommandTimeoutException
            || String.valueOf(root.getMessage()).contains("timed out")
        ? "no answer within " + uri.getTimeout().toMillis() + " ms"
        : null;
  }

  @Override
  public String toString() {
    return shown.toString();
  }
}
