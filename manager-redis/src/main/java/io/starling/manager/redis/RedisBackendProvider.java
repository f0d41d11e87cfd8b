package io.starling.manager.redis;

import io.lettuce.core.SslVerifyMode;
import io.starling.manager.pubsub.BackendUrl;
import io.starling.manager.pubsub.BackendUrl.HostPort;
import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubBackendProvider;
import java.nio.file.Path;
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
 * redis-socket://}.
 */
public final class RedisBackendProvider implements PubSubBackendProvider {
  private static final String SOCKET = "redis-socket";
  private static final String TLS = "rediss";
  private static final String VERIFY = "verify";
  private static final String CA = "ca";
  private static final String DATABASE = "db";

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
    return builder(url).name(name).build();
  }

  static RedisAddress address(BackendUrl url) {
    return builder(url).address();
  }

  private static RedisBackend.Builder builder(BackendUrl url) {
    RedisBackend.Builder builder = RedisBackend.builder();
    if (url.scheme().equals(SOCKET)) {
      socket(url, builder);
    } else {
      network(url, builder);
    }
    if (url.password() != null) {
      builder.credentials(url.user(), url.password());
    } else if (url.user() != null) {
      throw new IllegalArgumentException("url: no password (expected: user:password@)");
    }
    return builder;
  }

  private static void network(BackendUrl url, RedisBackend.Builder builder) {
    if (url.hosts().size() > 1) {
      throw new IllegalArgumentException(
          "url: " + url.hosts().size() + " hosts (expected: one; no Sentinel, no Cluster)");
    }
    if (!url.hosts().isEmpty()) {
      HostPort host = url.hosts().get(0);
      builder.host(host.host(), host.port());
    }
    if (url.parameters().containsKey(DATABASE)) {
      throw new IllegalArgumentException("db: not here (expected: in the path, redis://host/0)");
    }
    builder.database(database("path", url.path()));
    String ca = url.parameters().get(CA);
    if (url.scheme().equals(TLS)) {
      builder.tls(verification(url), ca == null ? null : Path.of(ca));
    } else if (ca != null || url.parameters().containsKey(VERIFY)) {
      throw new IllegalArgumentException(
          (ca == null ? VERIFY : CA) + ": not here (expected: with rediss://)");
    }
  }

  private static void socket(BackendUrl url, RedisBackend.Builder builder) {
    if (!url.hosts().isEmpty() || url.path() == null || url.path().isEmpty()) {
      throw new IllegalArgumentException("url: no path (expected: redis-socket:///path/to/socket)");
    }
    builder
        .socket(Path.of("/" + url.path()))
        .database(database(DATABASE, url.parameters().get(DATABASE)));
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
