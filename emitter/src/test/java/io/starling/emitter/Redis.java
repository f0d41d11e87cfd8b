package io.starling.emitter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import redis.embedded.RedisServer;

/** An embedded Redis on a port of the loopback. */
public final class Redis implements AutoCloseable {
  private final int port;
  private final RedisServer server;

  public Redis() {
    this(freePort());
  }

  public Redis(int port) {
    this.port = port;
    server = RedisServer.builder().port(port).bind("127.0.0.1").setting("save \"\"").build();
    server.start();
  }

  public static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  @Override
  public void close() {
    server.stop();
  }
}
