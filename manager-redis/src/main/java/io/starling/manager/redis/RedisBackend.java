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

/**
 * Builds the Redis back end, which uses Redis pub/sub: one connection publishes, another one
 * subscribes.
 */
public final class RedisBackend {
  /** How long a connect may take. The first answer on the new connection may take as long again. */
  static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(4);

  private static final Duration PING_INTERVAL = Duration.ofSeconds(5);

  private RedisBackend() {}

  /** Creates a back end that is not started. Nothing is connected yet. */
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

  /** Starts a configuration for a server on localhost, port 6379, without TLS and credentials. */
  public static Builder builder() {
    return new Builder();
  }

  /** Settings for a Redis back end. A builder is not safe for use by several threads. */
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
     * Sets the host of the server. Default {@code localhost}.
     *
     * @param port 0 for the standard port, 6379
     */
    public Builder host(String host, int port) {
      this.host = host;
      this.port = port == 0 ? RedisURI.DEFAULT_REDIS_PORT : port;
      return this;
    }

    /** Connects through a Unix domain socket instead of a host and port. Works on Linux only. */
    public Builder socket(Path path) {
      this.socket = path;
      return this;
    }

    /**
     * Sets the user and password. Default none.
     *
     * @param user null for the default user of Redis
     */
    public Builder credentials(@Nullable String user, String password) {
      this.user = user;
      this.password = password;
      return this;
    }

    /**
     * Sets the number of the database. Default 0. Pub/sub ignores the database: its channels are
     * the same in all of them.
     */
    public Builder database(int value) {
      this.database = value;
      return this;
    }

    /**
     * Uses TLS. Default no TLS.
     *
     * @param verification how far the certificate of the server is checked
     * @param authorities a PEM file with the certificates to trust; null for those that Java trusts
     */
    public Builder tls(SslVerifyMode verification, @Nullable Path authorities) {
      this.verification = verification;
      this.authorities = authorities;
      return this;
    }

    /**
     * Sets a name that becomes part of the names of threads and connections. Default {@code
     * manager}.
     */
    public Builder name(String value) {
      this.name = value;
      return this;
    }

    /** Creates the back end. Nothing is connected until it is started. */
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
        // Other kinds of credentials make Lettuce connect on another thread. There, the end of a
        // connection may be reported before the error that caused it.
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
