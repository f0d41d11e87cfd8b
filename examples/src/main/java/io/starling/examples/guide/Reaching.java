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

  /** Lets pages of another origin connect, with their cookies. */
  public static SocketIoServerConfig.Builder origins() {
    return SocketIoServerConfig.builder()
        .cors(CorsPolicy.of(List.of("https://app.example.com")).withCredentials());
  }

  /** Trusts a load balancer, and nobody else, to name the address of a client. */
  public static SocketIoServerConfig.Builder proxies() {
    return SocketIoServerConfig.builder().trustedProxies(AddressRanges.of(List.of("10.0.0.0/8")));
  }

  /** Lets the server itself speak https and wss. */
  public static SocketIoServerConfig.Builder tls(Path certificate, Path key) {
    return SocketIoServerConfig.builder().tls(new TlsConfig.Pem(certificate, key));
  }
}
