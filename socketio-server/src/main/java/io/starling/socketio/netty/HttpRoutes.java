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
 * Which handler answers which path: endpoints and what is below them first, unless files have a
 * rule of their own there; then files that exist, then what the application handles. Thread-safe.
 */
final class HttpRoutes {
  private final TransportConfig transport;
  private final Map<String, HttpHandler> endpoints = new HashMap<>();
  private final OtherRequests others;

  /** The paths of endpoints that look the same on the wire. */
  private final String[] plainPaths;

  /** The paths of endpoints, with their last slash. */
  private final Set<String> prefixes;

  private final StaticFiles files;

  /**
   * The routes of a server.
   *
   * @param executor looks files up and reads them
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

  /** The path that a target begins with when it is an endpoint's: one string for all requests. */
  @Nullable String endpointPath(String target, int pathEnd) {
    for (String path : plainPaths) {
      if (path.length() == pathEnd && target.startsWith(path)) {
        return path;
      }
    }
    return null;
  }

  /** Whether a target is below the path of an endpoint, which takes it as it is. */
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

  /** The longest path of an endpoint, with its last slash, that a path begins with. */
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
