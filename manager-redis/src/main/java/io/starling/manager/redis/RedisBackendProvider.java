package io.starling.manager.redis;

import io.lettuce.core.RedisURI;
import io.lettuce.core.SslVerifyMode;
import io.starling.manager.pubsub.BackendUrl;
import io.starling.manager.pubsub.BackendUrl.HostPort;
import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubBackendProvider;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the Redis back end for {@code redis://[user:password@]host[:6379][/db]}, {@code rediss://}
 * (the same over TLS) and {@code redis-socket:///path/to/socket}. {@code redis://} alone is
 * localhost.
 *
 * <p>Parameters: {@code verify} ({@code full}, the default, {@code ca} or {@code none}: how far the
 * certificate of {@code rediss://} is checked), {@code db} for {@code redis-socket://}.
 */
public final class RedisBackendProvider implements PubSubBackendProvider {
  /** How long a connection may take, and then the first answer on it. */
  static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(4);

  private static final String SOCKET = "redis-socket";
  private static final String TLS = "rediss";
  private static final String VERIFY = "verify";
  private static final String DATABASE = "db";

  @Override
  public Set<String> schemes() {
    return Set.of("redis", TLS, SOCKET);
  }

  @Override
  public Set<String> parameters() {
    return Set.of(VERIFY, DATABASE);
  }

  @Override
  public PubSubBackend create(BackendUrl url, String name) {
    return new RedisBackend(address(url), name, Duration.ofSeconds(5));
  }

  static RedisAddress address(BackendUrl url) {
    boolean socket = url.scheme().equals(SOCKET);
    String text = socket ? SOCKET + ":///" + url.path() : url.scheme() + "://" + host(url);
    RedisURI.Builder builder = socket ? socket(url) : network(url);
    builder.withTimeout(CONNECT_TIMEOUT);
    if (url.password() != null) {
      authenticate(builder, url.user(), url.password());
    } else if (url.user() != null) {
      throw new IllegalArgumentException("url: no password (expected: user:password@)");
    }
    return new RedisAddress(builder.build(), text);
  }

  private static String host(BackendUrl url) {
    if (url.hosts().size() > 1) {
      throw new IllegalArgumentException(
          "url: " + url.hosts().size() + " hosts (expected: one; no Sentinel, no Cluster)");
    }
    HostPort host = url.hosts().isEmpty() ? new HostPort("localhost", 0) : url.hosts().get(0);
    return host.host() + ":" + host.portOr(RedisURI.DEFAULT_REDIS_PORT);
  }

  private static RedisURI.Builder network(BackendUrl url) {
    String host = host(url);
    int colon = host.lastIndexOf(':');
    RedisURI.Builder builder =
        RedisURI.Builder.redis(
                host.substring(0, colon), Integer.parseInt(host.substring(colon + 1)))
            .withDatabase(database("path", url.path()));
    if (url.parameters().containsKey(DATABASE)) {
      throw new IllegalArgumentException("db: not here (expected: in the path, redis://host/0)");
    }
    boolean tls = url.scheme().equals(TLS);
    if (url.parameters().containsKey(VERIFY) && !tls) {
      throw new IllegalArgumentException("verify: not here (expected: with rediss://)");
    }
    return tls ? builder.withSsl(true).withVerifyPeer(verification(url)) : builder;
  }

  private static RedisURI.Builder socket(BackendUrl url) {
    if (!url.hosts().isEmpty() || url.path() == null || url.path().isEmpty()) {
      throw new IllegalArgumentException("url: no path (expected: redis-socket:///path/to/socket)");
    }
    return RedisURI.Builder.socket("/" + url.path())
        .withDatabase(database(DATABASE, url.parameters().get(DATABASE)));
  }

  private static void authenticate(
      RedisURI.Builder builder, @Nullable String user, String password) {
    if (user == null) {
      builder.withPassword(password.toCharArray());
    } else {
      builder.withAuthentication(user, password.toCharArray());
    }
  }

  private static int database(String name, @Nullable String text) {
    if (text == null || text.isEmpty()) {
      return 0;
    }
    if (!text.matches("[0-9]{1,5}")) {
      throw new IllegalArgumentException(
          "url: " + name + " \"" + text + "\" (expected: the number of a database)");
    }
    return Integer.parseInt(text);
  }

  private static SslVerifyMode verification(BackendUrl url) {
    String mode = url.parameters().getOrDefault(VERIFY, "full");
    return switch (mode) {
      case "full" -> SslVerifyMode.FULL;
      case "ca" -> SslVerifyMode.CA;
      case "none" -> SslVerifyMode.NONE;
      default ->
          throw new IllegalArgumentException(
              "verify: " + mode + " (expected: one of ca, full, none)");
    };
  }
}
