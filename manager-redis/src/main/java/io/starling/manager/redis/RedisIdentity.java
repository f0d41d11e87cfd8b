package io.starling.manager.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Which server a connection leads to.
 *
 * @param runId the name that the server process chose for itself at its start; null when the user
 *     may not ask for it
 * @param clusterNode whether the server is a node of a Cluster
 */
record RedisIdentity(@Nullable String runId, boolean clusterNode) {
  static final RedisIdentity UNKNOWN = new RedisIdentity(null, false);

  /**
   * Asks the server. A connection of RESP2 that subscribes can ask only before it subscribes. The
   * result is {@link #UNKNOWN} when the server refuses the command {@code INFO}.
   */
  static CompletionStage<RedisIdentity> of(StatefulRedisConnection<String, ByteBuffer> connection) {
    return connection
        .async()
        .info("server")
        .thenApply(
            info ->
                new RedisIdentity(
                    field(info, "run_id"), "cluster".equals(field(info, "redis_mode"))))
        .exceptionallyCompose(
            error ->
                RedisRole.isRefused(error)
                    ? CompletableFuture.completedStage(UNKNOWN)
                    : CompletableFuture.failedStage(error));
  }

  /** Whether the server refused to tell. */
  @SuppressWarnings("ReferenceEquality") // One that told is another object, whatever it told.
  boolean isUnknown() {
    return this == UNKNOWN;
  }

  private static @Nullable String field(String info, String name) {
    return info.lines()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElse(null);
  }
}
