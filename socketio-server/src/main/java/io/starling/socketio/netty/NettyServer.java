package io.starling.socketio.netty;

import java.net.InetSocketAddress;

/** Carries Engine.IO endpoints and static files over HTTP and WebSocket. Thread-safe. */
@SuppressWarnings("DoNotCallSuggester")
public final class NettyServer implements AutoCloseable {
  private final NettyServerConfig config;

  /** A server that does not listen yet. */
  public NettyServer(NettyServerConfig config) {
    this.config = config;
  }

  /**
   * Begins to listen. Blocks until the port is bound.
   *
   * @return the bound address
   * @throws java.io.UncheckedIOException with one clear sentence when the address is not to be had
   * @throws IllegalStateException if it was started before
   */
  public InetSocketAddress start() {
    throw new UnsupportedOperationException(config.instance());
  }

  /** How the server does input and output; known once it is started. */
  public IoKind io() {
    throw new UnsupportedOperationException();
  }

  /**
   * Stops listening, ends the sessions of all endpoints, and gives their last bytes two seconds to
   * leave. Blocks until the threads of the server have ended. Closing again does nothing. Must not
   * be called on an event loop.
   */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
