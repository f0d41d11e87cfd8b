package io.starling.socketio.netty;

import io.starling.engineio.EngineIoServer;
import io.starling.socketio.http.StaticFilesConfig;
import io.starling.socketio.transport.TransportConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The settings of a {@link NettyServer}. Immutable. */
public final class NettyServerConfig {
  private final Builder values;

  private NettyServerConfig(Builder values) {
    this.values = new Builder(values);
  }

  /**
   * A builder that holds the defaults.
   *
   * @param transport how the server is reached, besides its address: allowed origins, proxies, TLS,
   *     compression and timeouts
   */
  public static Builder builder(TransportConfig transport) {
    return new Builder(transport);
  }

  Optional<String> host() {
    return Optional.ofNullable(values.host);
  }

  int port() {
    return values.port;
  }

  Map<String, EngineIoServer> endpoints() {
    return values.endpoints;
  }

  StaticFilesConfig staticFiles() {
    return values.staticFiles;
  }

  Consumer<String> certificateFaults() {
    return values.certificateFaults;
  }

  TransportConfig transport() {
    return values.transport;
  }

  String instance() {
    return values.instance;
  }

  /** Collects settings; {@link #build} checks them all. */
  public static final class Builder {
    private @Nullable String host;
    private int port = 3000;
    private Map<String, EngineIoServer> endpoints = new LinkedHashMap<>();
    private StaticFilesConfig staticFiles = StaticFilesConfig.NONE;
    private Consumer<String> certificateFaults = fault -> {};
    private final TransportConfig transport;
    private String instance = "1";

    private Builder(TransportConfig transport) {
      this.transport = transport;
    }

    private Builder(Builder other) {
      host = other.host;
      port = other.port;
      endpoints = Map.copyOf(other.endpoints);
      staticFiles = other.staticFiles;
      transport = other.transport;
      certificateFaults = other.certificateFaults;
      instance = other.instance;
    }

    /**
     * The name or IP address to listen on. Default: all addresses of the machine, IPv4 and IPv6.
     */
    public Builder host(String value) {
      host = value;
      return this;
    }

    /**
     * The port to listen on, from 0 to 65535. With 0 the system chooses a free port. Default 3000.
     */
    public Builder port(int value) {
      port = value;
      return this;
    }

    /**
     * Serves Engine.IO under a path.
     *
     * @param path with a leading slash, such as {@code /socket.io/}; clients may leave out the last
     *     slash
     */
    public Builder endpoint(String path, EngineIoServer server) {
      endpoints.put(path.endsWith("/") ? path : path + "/", server);
      return this;
    }

    /** Which static files are served. Default: none. */
    public Builder staticFiles(StaticFilesConfig value) {
      staticFiles = value;
      return this;
    }

    /**
     * Receives a message when changed certificate files cannot be used; the old certificate then
     * stays in use. The consumer must not block. Default: such messages are dropped.
     */
    public Builder certificateFaults(Consumer<String> value) {
      certificateFaults = value;
      return this;
    }

    /**
     * Distinguishes the servers of one process in the names of their threads. Default {@code 1}.
     */
    public Builder instance(String value) {
      instance = value;
      return this;
    }

    /**
     * Checks the settings.
     *
     * @throws IllegalArgumentException naming every setting that is out of range, one per line
     */
    public NettyServerConfig build() {
      List<String> faults = new ArrayList<>();
      if (port < 0 || port > 65535) {
        faults.add("port: " + port + " (expected: 0 to 65535)");
      }
      for (String path : endpoints.keySet()) {
        if (!path.startsWith("/")) {
          faults.add("path: " + path + " (expected: a leading slash)");
        }
      }
      if (!faults.isEmpty()) {
        throw new IllegalArgumentException(String.join("\n", faults));
      }
      return new NettyServerConfig(this);
    }
  }
}
