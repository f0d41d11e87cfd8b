package io.starling.socketio.netty;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/** Which handler answers which path: endpoints first, then files, then 404. Thread-safe. */
final class HttpRoutes {
  private static final HttpHandler NOT_FOUND =
      exchange -> {
        exchange.respond(HttpResponseStatus.NOT_FOUND, "text/plain; charset=UTF-8", "Not found");
        return HttpHandler.Body.DROPPED;
      };

  private final NettyServerConfig config;
  private final Map<String, HttpHandler> endpoints = new HashMap<>();
  private final StaticFiles files;

  HttpRoutes(NettyServerConfig config, StaticFiles files) {
    this.config = config;
    this.files = files;
    config
        .endpoints()
        .forEach(
            (path, server) -> {
              HttpHandler endpoint = new EngineIoEndpoint(server, config.transport());
              endpoints.put(path, endpoint);
              endpoints.put(path.substring(0, path.length() - 1), endpoint);
            });
  }

  HttpHandler handler(String path) {
    HttpHandler endpoint = endpoints.get(path);
    if (endpoint != null) {
      return endpoint;
    }
    return files.handler(path).orElse(NOT_FOUND);
  }

  Predicate<InetAddress> trustedProxies() {
    return config.transport().trustedProxies();
  }

  Duration requestTimeout() {
    return config.transport().requestTimeout();
  }
}
