/**
 * Starling's bus on Redis pub/sub, through the client library Lettuce. Begin with {@link
 * io.starling.manager.redis.RedisBackendProvider} and {@code RedisUrl}, which reads the URL. Then
 * read {@code RedisPublishing} and {@code RedisSubscriptions}: one connection that publishes, and
 * one that subscribes. {@code RedisBroker} opens both. {@code ShardedPublishing} and {@code
 * ShardedSubscriptions} do the same at the nodes of a Cluster, which {@code ClusterNodes} finds.
 *
 * <p>Unless a type says otherwise: it is safe for any thread and does not block. Parameters and
 * results are never null unless marked {@code @Nullable}. A wrong argument throws an {@link
 * IllegalArgumentException} that names the argument.
 */
@NullMarked
package io.starling.manager.redis;

import org.jspecify.annotations.NullMarked;
