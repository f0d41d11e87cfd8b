package io.starling.manager.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.starling.manager.pubsub.BackendUrl.HostPort;
import io.starling.manager.pubsub.Reconnecting;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Subscribes to the shards of a Cluster, with one connection to each master that carries a wanted
 * channel. When one of them breaks, all are given up. When the slot of a channel moves to another
 * master, the server ends the subscription, and it is made again at the new owner at once.
 *
 * <p>Safe for any thread. The maps are guarded by this.
 */
final class ShardedSubscriptions implements RedisSubscriber {
  /** How often a subscription follows the slot to another node before it fails. */
  private static final int MOST_MOVES = 5;

  private final ClusterSlots slots;
  private final ClusterNodes cluster;
  private final RedisBroker owner;
  private final Reconnecting<ShardedSubscriptions> link;

  /** The connections that are open or being opened. */
  private final Map<HostPort, CompletableFuture<Node>> nodes = new HashMap<>();

  /** The connections that are open. */
  private final Set<Node> open = new HashSet<>();

  /** The wanted channels. The stage of a channel completes when the node has confirmed it. */
  private final Map<String, CompletableFuture<Node>> channels = new HashMap<>();

  private boolean paused;
  private boolean gone;

  ShardedSubscriptions(
      ClusterSlots slots,
      ClusterNodes cluster,
      RedisBroker owner,
      Reconnecting<ShardedSubscriptions> link) {
    this.slots = slots;
    this.cluster = cluster;
    this.owner = owner;
    this.link = link;
  }

  @Override
  public RedisBroker owner() {
    return owner;
  }

  /** Opens nothing: connections are opened to the nodes that carry a wanted channel. */
  @Override
  public CompletionStage<?> prepare() {
    owner.watch().prepared(this);
    return CompletableFuture.completedStage(null);
  }

  @Override
  public synchronized CompletionStage<?> subscribe(String channel) {
    CompletableFuture<Node> holder =
        subscribe(channel, slots.owner(channel), MOST_MOVES).toCompletableFuture();
    channels.put(channel, holder);
    return holder.whenComplete(
        (node, error) -> {
          if (error == null) {
            confirmed(node);
          } else {
            forget(channel, holder);
          }
        });
  }

  private CompletionStage<Node> subscribe(String channel, HostPort at, int moves) {
    return node(at)
        .thenCompose(node -> node.lettuce().async().ssubscribe(channel).thenApply(done -> node))
        .exceptionallyCompose(
            error -> {
              HostPort other = moves == 0 ? null : ClusterSlots.moved(error, at);
              return other == null
                  ? CompletableFuture.failedStage(error)
                  : subscribe(channel, other, moves - 1);
            });
  }

  private synchronized CompletableFuture<Node> node(HostPort at) {
    if (gone) {
      return CompletableFuture.failedFuture(new IOException("connection closed"));
    }
    CompletableFuture<Node> known = nodes.get(at);
    if (known != null) {
      return known;
    }
    CompletableFuture<Node> made =
        cluster.subscriber(at).thenApply(this::opened).toCompletableFuture();
    nodes.put(at, made);
    return made;
  }

  private synchronized Node opened(RedisConnector.Subscriber made) {
    Node node = new Node(made);
    made.lettuce().addListener(node);
    RedisConnection.watch(made.lettuce(), cause -> link.lost(this, cause));
    open.add(node);
    if (gone) {
      ClusterNodes.close(made.lettuce());
    }
    return node;
  }

  /** A subscription is in force, so its node may be paused: the answer has come. */
  private synchronized void confirmed(Node node) {
    if (paused) {
      node.made.gate().open(false);
    }
  }

  private synchronized void forget(String channel, CompletableFuture<Node> holder) {
    channels.remove(channel, holder);
  }

  /** The server has ended a subscription that is still wanted, because the slot has moved. */
  private synchronized void ended(String channel, Node node) {
    CompletableFuture<Node> holder = channels.get(channel);
    if (holder != null && isUp(holder) && holder.join() == node) {
      subscribe(channel)
          .whenComplete(
              (done, error) -> {
                if (error != null) {
                  link.lost(this, error);
                }
              });
    }
  }

  @Override
  public synchronized CompletionStage<?> unsubscribe(String channel) {
    CompletableFuture<Node> holder = channels.remove(channel);
    return holder == null
        ? CompletableFuture.completedStage(null)
        : holder.thenCompose(node -> node.lettuce().async().sunsubscribe(channel));
  }

  /** A slot that moves again and again, or that nobody owns at the moment, is no refusal. */
  @Override
  public boolean isRefusal(Throwable error) {
    return error instanceof RedisCommandExecutionException
        && !ClusterSlots.isServedElsewhere(error);
  }

  @Override
  public synchronized boolean hears(String channel) {
    CompletableFuture<Node> holder = channels.get(channel);
    return holder != null && isUp(holder);
  }

  private static boolean isUp(CompletableFuture<Node> stage) {
    return stage.isDone() && !stage.isCompletedExceptionally();
  }

  /** Returns null, because frames are published to several servers. */
  @Override
  public @Nullable String runId() {
    return null;
  }

  @Override
  public void leave(Throwable cause) {
    link.lost(this, cause);
  }

  /** Stops or starts reading from all sockets. */
  @Override
  public synchronized void pause(boolean pause) {
    paused = pause;
    link.heard();
    open.forEach(node -> node.made.gate().open(!pause));
  }

  /** Asks every node, except during a pause: then nothing is read, so no answer could arrive. */
  @Override
  public synchronized CompletionStage<?> check() {
    return paused
        ? CompletableFuture.completedStage(null)
        : CompletableFuture.allOf(open.stream().map(Node::check).toArray(CompletableFuture[]::new));
  }

  @Override
  public synchronized void cut(Throwable cause) {
    gone = true;
    open.forEach(node -> ClusterNodes.close(node.lettuce()));
  }

  /** The connection to one node. */
  private final class Node extends RedisPubSubAdapter<String, ByteBuffer> {
    private final RedisConnector.Subscriber made;

    /** Completes with the next sign of life of this node. */
    private volatile CompletableFuture<@Nullable Void> sign = new CompletableFuture<>();

    Node(RedisConnector.Subscriber made) {
      this.made = made;
    }

    StatefulRedisPubSubConnection<String, ByteBuffer> lettuce() {
      return made.lettuce();
    }

    /**
     * Completes when the node answers or delivers a frame. A frame of one node says nothing about
     * the others, so it must not save the whole link.
     */
    CompletableFuture<@Nullable Void> check() {
      CompletableFuture<@Nullable Void> asked = new CompletableFuture<>();
      sign = asked;
      lettuce()
          .async()
          .ping()
          .whenComplete(
              (pong, error) -> {
                if (error == null) {
                  asked.complete(null);
                } else {
                  asked.completeExceptionally(error);
                }
              });
      return asked;
    }

    @Override
    public void smessage(String channel, ByteBuffer frame) {
      sign.complete(null);
      if (link.isCurrent(ShardedSubscriptions.this)) {
        owner.listener().frame(channel, frame);
      }
    }

    @Override
    public void sunsubscribed(String channel, long left) {
      ended(channel, this);
    }
  }
}
