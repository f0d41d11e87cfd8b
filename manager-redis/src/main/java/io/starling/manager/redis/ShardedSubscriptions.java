package io.starling.manager.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.starling.manager.pubsub.BackendUrl.HostPort;
import io.starling.manager.pubsub.Reconnecting;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Subscribes to the shards of a Cluster, with one connection to each master that carries a wanted
 * channel. When one of them breaks, or its server is no master any more, all are given up. When the
 * slot of a channel moves to another master, the server ends the subscription, and it is made again
 * at the new owner at once.
 *
 * <p>Safe for any thread. The link calls {@link #cut} while it holds its own lock. Therefore no
 * lock of this object may be held while the link is called: only the gates are guarded by this.
 */
final class ShardedSubscriptions implements RedisSubscriber {
  /** How often a subscription follows the slot to another node before it fails. */
  private static final int MOST_MOVES = 5;

  private final ClusterNodes cluster;
  private final RedisBroker owner;
  private final Reconnecting<ShardedSubscriptions> link;

  /** The connections that are open or being opened. */
  private final Map<HostPort, CompletableFuture<Node>> nodes = new ConcurrentHashMap<>();

  /** The connections that are open and not closed by {@link #cut}. */
  private final Set<Node> open = ConcurrentHashMap.newKeySet();

  /** The wanted channels. The stage of a channel completes when the node has confirmed it. */
  private final Map<String, CompletableFuture<Node>> channels = new ConcurrentHashMap<>();

  /**
   * For each subscription that the server has not confirmed yet, a task that fails its stage. It
   * stays here if the channel is no longer wanted meanwhile.
   */
  private final Set<Consumer<Throwable>> waiting = ConcurrentHashMap.newKeySet();

  /** Who owns which slot, as the newest answer said. */
  private volatile ClusterSlots slots;

  private volatile boolean paused;
  private volatile boolean gone;

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
  public CompletionStage<?> subscribe(String channel) {
    CompletableFuture<Node> holder = new CompletableFuture<>();
    CompletableFuture<Node> former = channels.put(channel, holder);
    return hold(channel, holder, CompletableFuture.completedStage(slots))
        .whenComplete(
            (node, error) -> {
              if (former != null && error == null) {
                var unused = former.thenAccept(before -> leave(before, node, channel));
              }
            });
  }

  /** Two nodes with the same subscription would deliver each frame twice. */
  private static void leave(Node before, Node now, String channel) {
    if (before != now) {
      var unused = before.lettuce().async().sunsubscribe(channel);
    }
  }

  /**
   * Subscribes at the owner of the slot.
   *
   * @param holder becomes complete
   * @param order who owns which slot
   * @return completes after the holder
   */
  private CompletableFuture<Node> hold(
      String channel, CompletableFuture<Node> holder, CompletionStage<ClusterSlots> order) {
    Consumer<Throwable> fail = holder::completeExceptionally;
    waiting.add(fail);
    CompletableFuture<Node> held =
        holder.whenComplete(
            (node, error) -> {
              waiting.remove(fail);
              if (error != null) {
                channels.remove(channel, holder);
              }
            });
    order
        .thenCompose(now -> subscribe(channel, now.owner(channel), MOST_MOVES))
        .whenComplete(
            (node, error) -> {
              if (error == null) {
                confirmed(node);
                holder.complete(node);
              } else {
                holder.completeExceptionally(error);
              }
            });
    if (gone) {
      holder.completeExceptionally(closed());
    }
    return held;
  }

  private static IOException closed() {
    return new IOException("connection closed");
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

  private CompletableFuture<Node> node(HostPort at) {
    CompletableFuture<Node> made = new CompletableFuture<>();
    CompletableFuture<Node> known = nodes.putIfAbsent(at, made);
    if (known != null) {
      return known;
    }
    cluster
        .subscriber(at)
        .thenCompose(subscriber -> opened(new Node(at, subscriber)))
        .whenComplete(
            (node, error) -> {
              if (error == null) {
                made.complete(node);
              } else {
                made.completeExceptionally(error);
              }
            });
    return made;
  }

  /**
   * Prepares a connection that was opened. The role is checked, because a replica accepts
   * subscriptions, too, but does not get what other hosts publish.
   */
  private CompletionStage<Node> opened(Node node) {
    open.add(node);
    node.lettuce().addListener(node);
    RedisConnection.watch(node.lettuce(), cause -> link.lost(this, cause));
    if (gone) {
      close(node);
    }
    return owner.role().check(node.lettuce()).thenApply(master -> node);
  }

  /** Closes a connection once only, because Lettuce warns of the second time. */
  private void close(Node node) {
    if (open.remove(node)) {
      ClusterNodes.close(node.lettuce());
    }
  }

  /** Stops reading from the node during a pause, now that the answer to a subscription was read. */
  private synchronized void confirmed(Node node) {
    if (paused) {
      node.made.gate().open(false);
    }
  }

  /**
   * The server has ended a subscription that is still wanted, because it owns the slot no more. It
   * knows the new owner. It may be a replica of the new owner by now, and would accept the
   * subscription once more.
   */
  private void ended(String channel, Node node) {
    CompletableFuture<Node> before = channels.get(channel);
    CompletableFuture<Node> holder = new CompletableFuture<>();
    if (before == null
        || !isUp(before)
        || before.join() != node
        || !channels.replace(channel, before, holder)) {
      return;
    }
    CompletionStage<?> held =
        hold(channel, holder, cluster.slots(node.at, node.lettuce()).thenApply(now -> slots = now));
    held.whenComplete(
        (done, error) -> {
          if (error != null) {
            link.lost(this, error);
          }
        });
  }

  @Override
  public CompletionStage<?> unsubscribe(String channel) {
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
  public boolean isCurrent() {
    return link.isCurrent(this);
  }

  @Override
  public boolean hears(String channel) {
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
  public CompletionStage<?> check() {
    return paused
        ? CompletableFuture.completedStage(null)
        : CompletableFuture.allOf(open.stream().map(Node::check).toArray(CompletableFuture[]::new));
  }

  @Override
  public void cut(Throwable cause) {
    gone = true;
    open.forEach(this::close);
    // Those who wait may take any lock, so they must not run under the lock of the link.
    link.execute(() -> waiting.forEach(fail -> fail.accept(cause)));
  }

  /** The connection to one node. */
  private final class Node extends RedisPubSubAdapter<String, ByteBuffer> {
    private final HostPort at;
    private final RedisConnector.Subscriber made;

    /** Completes with the next sign of life of this node. */
    private volatile CompletableFuture<@Nullable Void> sign = new CompletableFuture<>();

    Node(HostPort at, RedisConnector.Subscriber made) {
      this.at = at;
      this.made = made;
    }

    StatefulRedisPubSubConnection<String, ByteBuffer> lettuce() {
      return made.lettuce();
    }

    /**
     * Completes when the node answers or delivers a frame. A frame of one node says nothing about
     * the others, so it must not save the whole link. A node without a wanted channel may be a
     * replica.
     */
    CompletableFuture<?> check() {
      sign = new CompletableFuture<>();
      CompletionStage<?> asked =
          isUsed()
              ? owner.role().check(lettuce()).whenComplete(this::judge)
              : lettuce().async().ping();
      return CompletableFuture.anyOf(sign, asked.toCompletableFuture());
    }

    private boolean isUsed() {
      return channels.values().stream().anyMatch(holder -> isUp(holder) && holder.join() == this);
    }

    /** Frames are no excuse for a server that is no master any more. */
    private void judge(@Nullable Void master, @Nullable Throwable error) {
      if (error != null) {
        link.lost(ShardedSubscriptions.this, error);
      }
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
