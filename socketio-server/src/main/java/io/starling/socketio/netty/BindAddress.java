package io.starling.socketio.netty;

import java.io.IOException;
import java.net.InetSocketAddress;

/** The address of a configuration, and what to say when it is not to be had. */
final class BindAddress {
  private BindAddress() {}

  /** Without a host this is the wildcard address, which takes IPv4 and IPv6. */
  static InetSocketAddress of(NettyServerConfig config) {
    return config
        .host()
        .map(host -> new InetSocketAddress(host, config.port()))
        .orElseGet(() -> new InetSocketAddress(config.port()));
  }

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
