package io.starling.socketio.netty;

import java.io.IOException;
import java.net.InetSocketAddress;

/** The address that a server listens on, and the error if it cannot listen there. */
final class BindAddress {
  private BindAddress() {}

  /**
   * Returns the configured address. Without a host this is the wildcard address, which accepts IPv4
   * and IPv6.
   */
  static InetSocketAddress of(NettyServerConfig config) {
    return config
        .host()
        .map(host -> new InetSocketAddress(host, config.port()))
        .orElseGet(() -> new InetSocketAddress(config.port()));
  }

  /**
   * Returns an error that names the setting at fault. Only the words of the cause tell which one it
   * is, such as "Cannot assign requested address" or "Permission denied".
   */
  static IOException failure(NettyServerConfig config, Throwable cause) {
    InetSocketAddress address = of(config);
    String reason = String.valueOf(cause.getMessage());
    if (address.isUnresolved() || reason.contains("assign")) {
      String host = config.host().orElse("*");
      return new IOException("host: " + host + " (expected: an address of this machine)", cause);
    } else if (reason.contains("denied")) {
      return new IOException(
          "port: " + config.port() + " (expected: a port this process may use)", cause);
    }
    return new IOException("port: " + config.port() + " (expected: a free port)", cause);
  }
}
