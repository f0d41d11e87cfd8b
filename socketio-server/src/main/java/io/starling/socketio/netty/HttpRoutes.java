package io.starling.socketio.netty;

import io.starling.socketio.transport.TransportConfig;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the handler for a path. Endpoints come first, with all paths below them for which no file
 * rule has a longer path. Then come files that exist, and last the handler of the application.
 * Thread-safe.
 */
final class HttpRoutes {
  private final TransportConfig transport;
  private final Map<String, HttpHandler> endpoints = new HashMap<>();
  private final OtherRequests others;

  /**
   * The paths of endpoints without percent escapes, each with and without its last slash. {@link
   * #endpointPath} compares them with request targets as they are.
   */
  private final String[] plainPaths;

  /** The paths of the endpoints, each with its last slash. */
  private final Set<String> prefixes;

  private final StaticFiles files;

  /**
   * The routes of one server.
   *
   * @param executor runs all work on the file system
   */
  HttpRoutes(NettyServerConfig config, Executor executor) {
    this.transport = config.transport();
    this.prefixes = config.endpoints().keySet();
    this.others = new OtherRequests(transport.maxRequestBodyBytes());
    this.files = new StaticFiles(config.staticFiles(), transport, executor, others);
    config
        .endpoints()
        .forEach(
            (path, server) -> {
              HttpHandler endpoint = new EngineIoEndpoint(server, transport);
              endpoints.put(path, endpoint);
              endpoints.put(path.substring(0, path.length() - 1), endpoint);
            });
    this.plainPaths =
        endpoints.keySet().stream().filter(path -> path.indexOf('%') < 0).toArray(String[]::new);
  }

  /**
   * The path of an endpoint, if the request target is exactly this path, apart from the query; null
   * otherwise. All requests get the same string, so their paths are neither decoded nor kept in
   * memory one by one.
   *
   * @param pathEnd the index in the target at which the path ends
   */
  @Nullable String endpointPath(String target, int pathEnd) {
    for (String path : plainPaths) {
      if (path.length() == pathEnd && target.startsWith(path)) {
        return path;
      }
    }
    return null;
  }

  /**
   * Whether a request target lies below the path of an endpoint. An endpoint accepts such a path
   * even if an escape in it is malformed.
   */
  boolean belowEndpoint(String target) {
    return above(target) != null;
  }

  HttpHandler handler(String path) {
    HttpHandler endpoint = endpoints.get(path);
    if (endpoint != null) {
      return endpoint;
    }
    String above = above(path);
    HttpHandler prefixed = above == null ? null : endpoints.get(above);
    if (above != null && prefixed != null && files.ruleLength(path) <= above.length()) {
      return prefixed;
    }
    return files.handler(path).orElse(others);
  }

  /**
   * The longest path of an endpoint, with its last slash, with which the given path begins; null if
   * there is none.
   */
  private @Nullable String above(String path) {
    String longest = null;
    for (String prefix : prefixes) {
      if (path.startsWith(prefix) && (longest == null || prefix.length() > longest.length())) {
        longest = prefix;
      }
    }
    return longest;
  }

  OtherRequests others() {
    return others;
  }

  Predicate<InetAddress> trustedProxies() {
    return transport.trustedProxies();
  }

  Duration requestTimeout() {
    return transport.requestTimeout();
  }

  Duration keepAliveTimeout() {
    return transport.keepAliveTimeout();
  }
}
