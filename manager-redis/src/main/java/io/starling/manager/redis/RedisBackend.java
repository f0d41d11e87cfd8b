package io.starling.manager.redis;

import io.lettuce.core.RedisURI;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.StaticCredentialsProvider;
import io.starling.manager.BackendUnavailableException;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.pubsub.GuardedListener;
import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubSettings;
import io.starling.manager.pubsub.Reconnecting;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Redis pub/sub: one connection that publishes, one that subscribes. */
public final class RedisBackend implements PubSubBackend {
  /** How long a connection may take, and then the first answer on it. */
  static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(4);

  private static final Duration PING_INTERVAL = Duration.ofSeconds(5);
  private static final Logger LOG = LoggerFactory.getLogger(RedisBackend.class);

  private final RedisAddress address;
  private final String name;
  private final Duration pingInterval;
  private volatile @Nullable Running running;
  private @Nullable CompletableFuture<Void> closed;

  /** A started one. */
  private record Running(
      RedisConnections connections, RedisPublishing publishing, RedisSubscriptions subscriptions) {
    List<Reconnecting<?>> links() {
      return List.of(publishing.link(), subscriptions.link());
    }
  }

  RedisBackend(RedisAddress address, String name, Duration pingInterval) {
    this.address = address;
    this.name = name;
    this.pingInterval = pingInterval;
  }

  @Override
  public CompletionStage<Void> start(
      Set<Direction> directions, PubSubSettings settings, Listener listener) {
    Running started = open(new GuardedListener(listener));
    boolean keepTrying = settings.keepTrying();
    CompletionStage<Void> up = CompletableFuture.completedStage(null);
    if (directions.contains(Direction.PUBLISH)) {
      up = started.publishing().link().start(listener, keepTrying);
    }
    if (directions.contains(Direction.SUBSCRIBE)) {
      up =
          up.thenCombine(
              started.subscriptions().link().start(listener, keepTrying), (one, other) -> null);
    }
    return up.handle((done, error) -> error == null ? done() : failed(error))
        .thenCompose(stage -> stage);
  }

  private static CompletionStage<Void> done() {
    return CompletableFuture.completedStage(null);
  }

  private CompletionStage<Void> failed(Throwable error) {
    BackendUnavailableException why = address.shown().unavailable(Outcome.NOT_SENT, error);
    return release().thenCompose(freed -> CompletableFuture.failedStage(why));
  }

  private synchronized Running open(Listener listener) {
    if (running != null || closed != null) {
      throw new IllegalStateException(address + ": started before (expected: once)");
    }
    RedisConnections connections = new RedisConnections(address, name, pingInterval);
    RedisSubscriptions subscriptions = new RedisSubscriptions(connections, listener);
    RedisPublishing publishing = new RedisPublishing(connections, subscriptions.link()::reconnect);
    Running started = new Running(connections, publishing, subscriptions);
    running = started;
    return started;
  }

  @Override
  public CompletionStage<Integer> publish(String channel, ByteBuffer frame) {
    Running now = running;
    return now == null ? notOpen() : now.publishing().publish(channel, frame);
  }

  @Override
  public CompletionStage<Void> subscribe(String channel) {
    Running now = running;
    return now == null ? notOpen() : now.subscriptions().subscribe(channel);
  }

  @Override
  public CompletionStage<Void> unsubscribe(String channel) {
    Running now = running;
    return now == null ? notOpen() : now.subscriptions().unsubscribe(channel);
  }

  @Override
  public void pause() {
    pause(true);
  }

  @Override
  public void resume() {
    pause(false);
  }

  private void pause(boolean pause) {
    Running now = running;
    if (now != null) {
      now.subscriptions().pause(pause);
    }
  }

  @Override
  public void reconnect(Direction direction, Throwable cause) {
    Running now = running;
    if (now != null) {
      now.links().get(direction == Direction.PUBLISH ? 0 : 1).reconnect(cause);
    }
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of(Capability.COUNTS_RECEIVERS);
  }

  @Override
  public void close(Duration timeout) {
    Running last = running;
    List<Reconnecting<?>> links = last == null ? List.of() : last.links();
    if (!Reconnecting.close(release(), timeout, links)) {
      LOG.warn("{}: not closed within {} ms", address, timeout.toMillis());
    }
  }

  private <T> CompletionStage<T> notOpen() {
    return CompletableFuture.failedStage(
        new IllegalStateException(address + ": not open (expected: started and not closed)"));
  }

  /** Both directions first, so that nothing connects any more; then sockets and threads. */
  private synchronized CompletableFuture<Void> release() {
    if (closed == null) {
      Running last = running;
      running = null;
      closed =
          last == null
              ? CompletableFuture.completedFuture(null)
              : last.publishing()
                  .link()
                  .close()
                  .thenCombine(last.subscriptions().close(), (one, other) -> last.connections())
                  .thenCompose(RedisConnections::close)
                  .toCompletableFuture();
    }
    return closed;
  }

  @Override
  public String toString() {
    return address.toString();
  }

  /** A server on localhost, until told otherwise. */
  public static Builder builder() {
    return new Builder();
  }

  /** Gathers what a back end needs. Not safe for several threads. */
  public static final class Builder {
    private String host = "localhost";
    private int port = RedisURI.DEFAULT_REDIS_PORT;
    private @Nullable Path socket;
    private @Nullable String user;
    private @Nullable String password;
    private int database;
    private @Nullable SslVerifyMode verification;
    private @Nullable Path authorities;
    private String name = "manager";

    private Builder() {}

    /**
     * Where the server is. Default {@code localhost}.
     *
     * @param port 0 for 6379
     */
    public Builder host(String host, int port) {
      this.host = host;
      this.port = port == 0 ? RedisURI.DEFAULT_REDIS_PORT : port;
      return this;
    }

    /** A Unix domain socket instead of a host. Linux only. */
    public Builder socket(Path path) {
      this.socket = path;
      return this;
    }

    /**
     * Who enters.
     *
     * @param user null for the default user
     */
    public Builder credentials(@Nullable String user, String password) {
      this.user = user;
      this.password = password;
      return this;
    }

    /** Default 0; pub/sub is the same in all of them. */
    public Builder database(int value) {
      this.database = value;
      return this;
    }

    /**
     * Speaks TLS.
     *
     * @param verification how far the server's certificate is checked
     * @param authorities a file with certificates in PEM to trust; null for those that Java trusts
     */
    public Builder tls(SslVerifyMode verification, @Nullable Path authorities) {
      this.verification = verification;
      this.authorities = authorities;
      return this;
    }

    /** What threads and connections are called. Default {@code manager}. */
    public Builder name(String value) {
      this.name = value;
      return this;
    }

    /** A back end that is not started. */
    public RedisBackend build() {
      return new RedisBackend(address(), name, PING_INTERVAL);
    }

    RedisAddress address() {
      boolean tls = verification != null;
      RedisURI.Builder uri =
          socket == null
              ? RedisURI.Builder.redis(host, port).withDatabase(database)
              : RedisURI.Builder.socket(socket.toString()).withDatabase(database);
      uri.withTimeout(CONNECT_TIMEOUT);
      if (verification != null && socket == null) {
        uri.withSsl(true).withVerifyPeer(verification);
      }
      if (password != null) {
        // The other ways make Lettuce connect on another thread, where a close may overtake its
        // reason.
        uri.withAuthentication(new StaticCredentialsProvider(user, password.toCharArray()));
      }
      String text =
          socket == null
              ? (tls ? "rediss://" : "redis://") + host + ":" + port
              : "redis-socket://" + socket;
      return new RedisAddress(uri.build(), authorities, text);
    }
  }
}
