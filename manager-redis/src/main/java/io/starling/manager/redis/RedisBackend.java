package io.starling.manager.redis;

import io.lettuce.core.RedisURI;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.StaticCredentialsProvider;
import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubBackend.Capability;
import io.starling.manager.pubsub.ReconnectingBackend;
import io.starling.manager.pubsub.ReconnectingBackend.Parts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Redis pub/sub: one connection that publishes, one that subscribes. */
public final class RedisBackend {
  /** How long a connection may take, and then the first answer on it. */
  static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(4);

  private static final Duration PING_INTERVAL = Duration.ofSeconds(5);

  private RedisBackend() {}

  /** A back end that is not started. */
  static PubSubBackend create(RedisAddress address, String name, Duration pingInterval) {
    return new ReconnectingBackend(
        address.toString(),
        Set.of(Capability.COUNTS_RECEIVERS),
        (settings, listener) -> {
          RedisConnections connections = new RedisConnections(address, name, pingInterval);
          RedisSubscriptions subscriptions = new RedisSubscriptions(connections, listener);
          return new Parts(
              new RedisPublishing(connections, subscriptions.link()::reconnect),
              subscriptions,
              connections::close);
        });
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
    public PubSubBackend build() {
      return create(address(), name, PING_INTERVAL);
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
