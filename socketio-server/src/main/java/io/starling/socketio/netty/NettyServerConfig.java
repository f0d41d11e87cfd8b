package io.starling.socketio.netty;

import io.starling.engineio.EngineIoServer;
import io.starling.socketio.http.StaticFilesConfig;
import io.starling.socketio.transport.TransportConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a {@link NettyServer} serves, and where. The caller has checked the values.
 *
 * @param host the name or IP address to listen on; empty for all addresses of the machine, IPv4 and
 *     IPv6
 * @param port the port to listen on; with 0 the system chooses a free port
 * @param instance distinguishes the servers of one process in the names of their threads
 * @param transport how the server is reached, besides its address: allowed origins, proxies, TLS,
 *     compression and timeouts
 * @param endpoints the Engine.IO servers by their paths, which begin with a slash; clients may
 *     leave out the last slash
 * @param staticFiles which static files are served
 * @param certificateFaults receives a message when changed certificate files cannot be used; the
 *     old certificate then stays in use; must not block
 */
public record NettyServerConfig(
    Optional<String> host,
    int port,
    String instance,
    TransportConfig transport,
    Map<String, EngineIoServer> endpoints,
    StaticFilesConfig staticFiles,
    Consumer<String> certificateFaults) {

  /** Copies the endpoints. In the copy each path ends with a slash. */
  public NettyServerConfig {
    Map<String, EngineIoServer> slashed = new LinkedHashMap<>();
    endpoints.forEach(
        (path, server) -> slashed.put(path.endsWith("/") ? path : path + "/", server));
    endpoints = slashed;
  }

  /** A server without endpoints and files. */
  public NettyServerConfig(
      Optional<String> host, int port, String instance, TransportConfig transport) {
    this(host, port, instance, transport, Map.of(), StaticFilesConfig.NONE, fault -> {});
  }
}
