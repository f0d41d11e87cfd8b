package io.starling.manager.redis;

import io.lettuce.core.RedisURI;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.StaticCredentialsProvider;
import io.starling.manager.pubsub.BackendUrl;
import io.starling.manager.pubsub.BackendUrl.HostPort;
import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubBackend.Capability;
import io.starling.manager.pubsub.PubSubBackendProvider;
import io.starling.manager.pubsub.ReconnectingBackend;
import io.starling.manager.pubsub.UrlParameters;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Creates the Redis back end for the URLs {@code redis://[user:password@]host[:6379][/db]}, {@code
 * rediss://} (the same over TLS) and {@code redis-socket:///path/to/socket}. {@code redis://} alone
 * means localhost. The {@link java.util.ServiceLoader} finds this class.
 *
 * <p>The URL may have these parameters: {@code verify} says how far the certificate of {@code
 * rediss://} is checked ({@code full}, the default, {@code ca} or {@code none}); {@code ca} names a
 * PEM file with the certificates to trust; {@code db} is the number of the database for {@code
 * redis-socket://}. Pub/sub ignores the database: its channels are the same in all of them.
 */
public final class RedisBackendProvider implements PubSubBackendProvider {
  private static final String SOCKET = "redis-socket";
  private static final String TLS = "rediss";
  private static final String VERIFY = "verify";
  private static final String CA = "ca";
  private static final String DATABASE = "db";
  private static final Duration PING_INTERVAL = Duration.ofSeconds(5);

  @Override
  public Set<String> schemes() {
    return Set.of("redis", TLS, SOCKET);
  }

  @Override
  public Set<String> parameters() {
    return Set.of(VERIFY, CA, DATABASE);
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
    RedisAddress address = address(url);
    return new ReconnectingBackend(
        address.toString(),
        "starling-" + name + "-redis",
        Set.of(Capability.COUNTS_RECEIVERS),
        (settings, listener) -> new RedisBroker(address, name, pingInterval, listener));
  }

  static RedisAddress address(BackendUrl url) {
    UrlParameters given = new UrlParameters(url);
    RedisURI.Builder uri = url.scheme().equals(SOCKET) ? socket(url, given) : network(url, given);
    String user = url.user();
    String password = url.password();
    if (password != null) {
      // Other kinds of credentials make Lettuce connect on another thread. There, the end of a
      // connection may be reported before the error that caused it.
      uri.withAuthentication(new StaticCredentialsProvider(user, password.toCharArray()));
    } else if (user != null) {
      given.fault("url: no password (expected: user:password@)");
    }
    given.check();
    RedisURI made = uri.withTimeout(RedisBroker.CONNECT_TIMEOUT).build();
    String where =
        made.getSocket() == null ? made.getHost() + ":" + made.getPort() : made.getSocket();
    String ca = given.text(CA);
    return new RedisAddress(made, ca == null ? null : Path.of(ca), url.scheme() + "://" + where);
  }

  private static RedisURI.Builder network(BackendUrl url, UrlParameters given) {
    if (url.hosts().size() > 1) {
      given.fault("url: " + url.hosts().size() + " hosts (expected: one; no Sentinel, no Cluster)");
    }
    if (given.text(DATABASE) != null) {
      given.fault("db: not here (expected: in the path, redis://host/0)");
    }
    HostPort host = url.hosts().isEmpty() ? new HostPort("localhost", 0) : url.hosts().get(0);
    RedisURI.Builder uri =
        RedisURI.Builder.redis(host.host(), host.portOr(RedisURI.DEFAULT_REDIS_PORT))
            .withDatabase(database("path", url.path(), given));
    if (url.scheme().equals(TLS)) {
      uri.withSsl(true)
          .withVerifyPeer(SslVerifyMode.valueOf(given.verify().toUpperCase(Locale.ROOT)));
    } else if (given.text(CA) != null || given.text(VERIFY) != null) {
      String name = given.text(CA) == null ? VERIFY : CA;
      given.fault(name + ": not here (expected: with rediss://)");
    }
    return uri;
  }

  private static RedisURI.Builder socket(BackendUrl url, UrlParameters given) {
    if (!url.hosts().isEmpty() || url.path() == null || url.path().isEmpty()) {
      given.fault("url: no path (expected: redis-socket:///path/to/socket)");
    }
    return RedisURI.Builder.socket("/" + url.path())
        .withDatabase(database(DATABASE, given.text(DATABASE), given));
  }

  private static int database(String name, @Nullable String text, UrlParameters given) {
    if (text == null || text.isEmpty()) {
      return 0;
    }
    if (!text.matches("[0-9]{1,5}")) {
      given.fault("url: " + name + " \"" + text + "\" (expected: the number of a database)");
      return 0;
    }
    return Integer.parseInt(text);
  }
}
