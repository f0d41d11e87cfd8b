package io.starling.socketio.netty;

import io.netty.util.concurrent.DefaultEventExecutor;
import io.starling.socketio.transport.TransportConfig;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Finds the handler for a path. An endpoint or a rule of static files with exactly this path comes
 * first, then the one with the longest path above the requested path, and last the handler of the
 * application. Thread-safe.
 */
final class HttpRoutes {
  private final NettyServerConfig config;
  private final OtherRequests others;

  /** The routes by the paths at which they apply exactly. */
  private final Map<String, Route> exact = new HashMap<>();

  /** All routes. Those with the longest paths come first, and endpoints before files. */
  private final List<Route> longestFirst = new ArrayList<>();

  /**
   * An endpoint, or a rule of static files.
   *
   * @param given the path of the route
   * @param path the same path without its last slash
   * @param handler makes the handler from the part of the requested path behind {@code path}; that
   *     part begins with a slash unless it is empty
   */
  private record Route(String given, String path, Function<String, HttpHandler> handler) {
    boolean isAbove(String requested) {
      return requested.startsWith(path) && requested.startsWith("/", path.length());
    }
  }

  /**
   * The routes of one server.
   *
   * @param files runs all work on the file system
   */
  HttpRoutes(NettyServerConfig config, DefaultEventExecutor files) {
    this.config = config;
    this.others = new OtherRequests(transport().maxRequestBodyBytes());
    config
        .endpoints()
        .forEach(
            (path, server) -> {
              HttpHandler endpoint = new EngineIoEndpoint(server, transport());
              add(path, rest -> endpoint);
              add(withoutSlash(path), rest -> endpoint);
            });
    StaticFiles served = new StaticFiles(config.staticFiles(), transport(), files, others);
    config
        .staticFiles()
        .rules()
        .forEach((path, rule) -> add(path, rest -> exchange -> served.begin(exchange, rule, rest)));
    longestFirst.sort(Comparator.comparingInt(route -> -route.given.length()));
    longestFirst.forEach(route -> exact.putIfAbsent(route.path, route));
  }

  private void add(String path, Function<String, HttpHandler> handler) {
    Route route = new Route(path, withoutSlash(path), handler);
    exact.putIfAbsent(path, route);
    longestFirst.add(route);
  }

  private static String withoutSlash(String path) {
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  /**
   * The given path, or the equal path of an endpoint. So all sessions of an endpoint keep one
   * string.
   */
  String shared(String path) {
    Route route = exact.get(path);
    return route != null && route.given.equals(path) ? route.given : path;
  }

  /**
   * Whether a request target lies below the path of an endpoint. An endpoint accepts such a path
   * even if an escape in it is malformed.
   */
  boolean belowEndpoint(String target) {
    return config.endpoints().keySet().stream().anyMatch(target::startsWith);
  }

  HttpHandler handler(String path) {
    Route known = exact.get(path);
    if (known != null) {
      return known.handler.apply("");
    }
    for (Route route : longestFirst) {
      if (route.isAbove(path)) {
        return route.handler.apply(path.substring(route.path.length()));
      }
    }
    return others;
  }

  OtherRequests others() {
    return others;
  }

  TransportConfig transport() {
    return config.transport();
  }
}
