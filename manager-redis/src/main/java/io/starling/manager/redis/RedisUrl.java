package io.starling.manager.redis;

import io.lettuce.core.RedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.StaticCredentialsProvider;
import io.starling.manager.pubsub.BackendUrl;
import io.starling.manager.pubsub.BackendUrl.HostPort;
import io.starling.manager.pubsub.UrlParameters;
import io.starling.manager.redis.RedisAddress.Topology;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads a URL of the Redis back end, and lists all of its faults at once. */
final class RedisUrl {
  static final Set<String> PARAMETERS =
      Set.of("verify", "ca", "db", "sentinel-user", "sentinel-password", "pubsub");

  private static final Pattern SCHEME =
      Pattern.compile("(?:redis|valkey)(s?)-?(|socket|sentinel|cluster)");

  private final BackendUrl url;
  private final UrlParameters given;
  private final boolean tls;
  private final String kind;
  private final SslVerifyMode verify;

  private RedisUrl(BackendUrl url) {
    this.url = url;
    this.given = new UrlParameters(url);
    Matcher scheme = SCHEME.matcher(url.scheme());
    if (!scheme.matches()) {
      throw new IllegalArgumentException("url: " + url.scheme() + " (expected: " + schemes() + ")");
    }
    this.tls = !scheme.group(1).isEmpty();
    this.kind = scheme.group(2);
    this.verify =
        tls ? SslVerifyMode.valueOf(given.verify().toUpperCase(Locale.ROOT)) : SslVerifyMode.FULL;
  }

  static Set<String> schemes() {
    Set<String> schemes = new TreeSet<>();
    for (String product : List.of("redis", "valkey")) {
      for (String kind : List.of("", "-sentinel", "-cluster")) {
        schemes.add(product + kind);
        schemes.add(product + "s" + kind);
      }
      schemes.add(product + "-socket");
    }
    return schemes;
  }

  /**
   * Reads a URL.
   *
   * @throws IllegalArgumentException with a line for each fault
   */
  static RedisAddress parse(BackendUrl url) {
    return new RedisUrl(url).address();
  }

  private RedisAddress address() {
    faultsOfParameters();
    List<RedisURI> seeds =
        switch (kind) {
          case "socket" -> List.of(socket());
          case "sentinel" -> List.of(sentinels());
          case "cluster" -> cluster();
          default -> List.of(server());
        };
    given.check();
    String ca = given.text("ca");
    return new RedisAddress(topology(), seeds, ca == null ? null : Path.of(ca), shown(seeds));
  }

  /** Reports each parameter that does not belong to this kind of URL. */
  private void faultsOfParameters() {
    String withTls = "with rediss://, rediss-sentinel:// or rediss-cluster://";
    onlyIf(tls, "verify", withTls);
    onlyIf(tls, "ca", withTls);
    onlyIf(
        kind.equals("socket"),
        "db",
        kind.isEmpty() ? "in the path, redis://host/0" : "with redis-socket://");
    onlyIf(kind.equals("sentinel"), "sentinel-user", "with redis-sentinel://");
    onlyIf(kind.equals("sentinel"), "sentinel-password", "with redis-sentinel://");
    onlyIf(kind.equals("cluster"), "pubsub", "with redis-cluster://");
    if (url.user() != null && url.password() == null) {
      given.fault("url: no password (expected: user:password@)");
    }
  }

  private void onlyIf(boolean allowed, String parameter, String expected) {
    if (!allowed && given.text(parameter) != null) {
      given.fault(parameter + ": not here (expected: " + expected + ")");
    }
  }

  private Topology topology() {
    return switch (kind) {
      case "sentinel" -> Topology.SENTINEL;
      case "cluster" ->
          "classic".equals(given.text("pubsub")) ? Topology.CLASSIC : Topology.SHARDED;
      default -> Topology.SINGLE;
    };
  }

  private RedisURI server() {
    if (url.hosts().size() > 1) {
      given.fault(
          "url: "
              + url.hosts().size()
              + " hosts (expected: one; several only with redis-sentinel:// or redis-cluster://)");
    }
    return ready(
        builder(hosts().get(0), RedisURI.DEFAULT_REDIS_PORT)
            .withDatabase(database("path", url.path())));
  }

  private RedisURI socket() {
    if (!url.hosts().isEmpty() || url.path() == null || url.path().isEmpty()) {
      given.fault("url: no path (expected: redis-socket:///path/to/socket)");
    }
    return ready(
        RedisURI.Builder.socket("/" + url.path()).withDatabase(database("db", given.text("db"))));
  }

  private RedisURI sentinels() {
    String master = url.path();
    if (master == null || master.isEmpty() || master.contains("/")) {
      given.fault(
          "url: no name of a master (expected: redis-sentinel://host:26379,host,host/name)");
      master = "unknown";
    }
    String user = given.text("sentinel-user");
    String password = given.text("sentinel-password");
    if (user != null && password == null) {
      given.fault("sentinel-password: missing (expected: one for the sentinel-user)");
    }
    RedisURI.Builder uri =
        RedisURI.builder().withSentinelMasterId(master).withSsl(tls).withVerifyPeer(verify);
    for (HostPort host : hosts()) {
      RedisURI.Builder sentinel = builder(host, RedisURI.DEFAULT_SENTINEL_PORT);
      if (password != null) {
        sentinel.withAuthentication(credentials(user, password));
      }
      uri.withSentinel(sentinel.withTimeout(RedisConnector.CONNECT_TIMEOUT).build());
    }
    return ready(uri);
  }

  private List<RedisURI> cluster() {
    if (url.path() != null && !url.path().isEmpty()) {
      given.fault("url: path \"" + url.path() + "\" (expected: none; a Cluster has one database)");
    }
    String pubsub = given.text("pubsub");
    if (pubsub != null && !pubsub.equals("sharded") && !pubsub.equals("classic")) {
      given.fault("pubsub: " + pubsub + " (expected: one of classic, sharded)");
    }
    return hosts().stream().map(h -> ready(builder(h, RedisURI.DEFAULT_REDIS_PORT))).toList();
  }

  private List<HostPort> hosts() {
    return url.hosts().isEmpty() ? List.of(new HostPort("localhost", 0)) : url.hosts();
  }

  private RedisURI.Builder builder(HostPort host, int standardPort) {
    return RedisURI.Builder.redis(host.host(), host.portOr(standardPort))
        .withSsl(tls)
        .withVerifyPeer(verify);
  }

  private RedisURI ready(RedisURI.Builder uri) {
    String password = url.password();
    if (password != null) {
      uri.withAuthentication(credentials(url.user(), password));
    }
    return uri.withTimeout(RedisConnector.CONNECT_TIMEOUT).build();
  }

  /**
   * Other kinds of credentials make Lettuce connect on another thread. There, the end of a
   * connection may be reported before the error that caused it.
   */
  private static RedisCredentialsProvider credentials(@Nullable String user, String password) {
    return new StaticCredentialsProvider(user, password.toCharArray());
  }

  private int database(String name, @Nullable String text) {
    if (text == null || text.isEmpty()) {
      return 0;
    }
    if (!text.matches("[0-9]{1,5}")) {
      given.fault("url: " + name + " \"" + text + "\" (expected: the number of a database)");
      return 0;
    }
    return Integer.parseInt(text);
  }

  private String shown(List<RedisURI> seeds) {
    RedisURI first = seeds.get(0);
    if (first.getSocket() != null) {
      return url.scheme() + "://" + first.getSocket();
    }
    boolean sentinel = kind.equals("sentinel");
    return (sentinel ? first.getSentinels() : seeds)
        .stream()
            .map(uri -> uri.getHost() + ":" + uri.getPort())
            .collect(
                Collectors.joining(",", url.scheme() + "://", sentinel ? "/" + url.path() : ""));
  }
}
