package io.starling.client;

import io.starling.client.engineio.Endpoint;
import io.starling.client.engineio.EngineIoConnection;
import io.starling.client.engineio.EngineIoListener;
import io.starling.client.engineio.HttpClients;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the connections of one client over the network, and keeps the client's cookies. */
final class NetworkConnector implements ClientConnection.Connector {
  private final ConnectUrl url;
  private final ClientOptions options;
  private final CookieManager cookies = new CookieManager(null, CookiePolicy.ACCEPT_ALL);
  private HttpClients.@Nullable Lease lease; // guarded by this

  NetworkConnector(ConnectUrl url, ClientOptions options) {
    this.url = url;
    this.options = options;
  }

  @Override
  public EngineIoConnection create(
      Map<String, String> headers, Map<String, String> query, EngineIoListener listener) {
    Map<String, String> all = new LinkedHashMap<>(url.query());
    all.putAll(query);
    Endpoint endpoint =
        new Endpoint(
            URI.create(url.origin() + options.path),
            all,
            headers,
            cookies,
            options.maxPayloadBytes);
    EngineIoConnection.Config config =
        new EngineIoConnection.Config(
            options.transports.stream().map(TransportKind::text).toList(),
            options.tryAllTransports,
            options.upgrade);
    return EngineIoConnection.create(lease(), endpoint, config, listener);
  }

  private synchronized HttpClients.Lease lease() {
    HttpClients.Lease held = lease;
    if (held == null) {
      held = HttpClients.lease(options.sslContext, options.proxy);
      lease = held;
    }
    return held;
  }

  @Override
  public synchronized void idle() {
    if (lease != null) {
      lease.close();
      lease = null;
    }
  }
}
