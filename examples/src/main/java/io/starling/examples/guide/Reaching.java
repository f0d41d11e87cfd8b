package io.starling.examples.guide;

import io.starling.socketio.SocketIoServerConfig;
import io.starling.socketio.transport.AddressRanges;
import io.starling.socketio.transport.CorsPolicy;
import io.starling.socketio.transport.TlsConfig;
import java.nio.file.Path;
import java.util.List;

/** Guide: TLS, other origins, proxies. */
public final class Reaching {
  private Reaching() {}

  /** Pages of another origin may connect, with cookies. */
  public static SocketIoServerConfig.Builder origins() {
    return SocketIoServerConfig.builder()
        .cors(CorsPolicy.of(List.of("https://app.example.com")).withCredentials());
  }

  /** A load balancer names the clients, and nobody else may. */
  public static SocketIoServerConfig.Builder proxies() {
    return SocketIoServerConfig.builder()
        .transport(settings -> settings.trustedProxies(AddressRanges.of(List.of("10.0.0.0/8"))));
  }

  /** The server speaks https and wss itself. */
  public static SocketIoServerConfig.Builder tls(Path certificate, Path key) {
    return SocketIoServerConfig.builder()
        .transport(settings -> settings.tls(new TlsConfig.Pem(certificate, key)));
  }
}
