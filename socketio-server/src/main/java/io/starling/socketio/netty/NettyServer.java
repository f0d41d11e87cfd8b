package io.starling.socketio.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.starling.engineio.EngineIoServer;
import io.starling.socketio.http.WebHandler;
import io.starling.socketio.http.WebRequest;
import io.starling.socketio.transport.IoKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An HTTP server on Netty. It carries Engine.IO endpoints over HTTP long-polling and WebSocket, and
 * serves static files and the application's own requests. Thread-safe.
 */
public final class NettyServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NettyServer.class);
  private static final Duration DRAIN_TIME = Duration.ofSeconds(2);

  private static final int BACKLOG = 1024;

  /**
   * How many bytes the kernel accepts for a client beyond those it can send at once. By default the
   * kernel accepts megabytes, and then it can take minutes until the server notices that a client
   * receives nothing.
   */
  private static final long UNSENT_BYTES = 64 << 10;

  private final NettyServerConfig config;
  private final Loops opened;
  private final AcceptGuard guard = new AcceptGuard();
  private final IdentityHashMap<EventLoop, NettyLoop> loops = new IdentityHashMap<>();
  private final DefaultEventExecutor files;
  private final HttpRoutes routes;
  private final Optional<TlsContexts> tls;
  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

  // The lock of this object guards the fields below.
  private @Nullable Channel listener;
  private boolean started;
  private boolean closed;

  /**
   * Creates a server that does not listen yet.
   *
   * @throws IllegalArgumentException if the chosen kind of input and output does not work on this
   *     machine, or if a certificate file cannot be used; the message names the setting
   */
  public NettyServer(NettyServerConfig config) {
    this.config = config;
    this.files = new DefaultEventExecutor(new LoopThreads(config.instance(), "files"));
    this.tls =
        config
            .transport()
            .tls()
            .map(given -> new TlsContexts(config.transport(), files, config.certificateFaults()));
    this.opened = NativeIo.open(config.transport().io(), kind -> Loops.open(kind, config));
    for (EventExecutor executor : opened.group()) {
      SingleThreadEventLoop loop = (SingleThreadEventLoop) executor;
      loops.put(loop, new NettyLoop(loop));
    }
    this.routes = new HttpRoutes(config, files);
  }

  /**
   * Sets the handler for requests that are neither for an endpoint nor for a file that exists. A
   * later call replaces the handler. Without a handler such requests get status 404.
   *
   * @param executor runs the handler
   * @param failures receives what the handler throws, and the failure of its stage; must not block
   */
  public void onRequest(
      WebHandler handler, Executor executor, BiConsumer<WebRequest, Throwable> failures) {
    routes.others().serve(handler, executor, failures);
  }

  /**
   * Opens the port. Blocks until the server listens.
   *
   * @return the bound address
   * @throws UncheckedIOException with one clear sentence if the address cannot be bound; the server
   *     is closed then
   * @throws IllegalStateException if the server was started or closed before
   */
  public synchronized InetSocketAddress start() {
    if (started || closed) {
      throw new IllegalStateException("server: started or closed (expected: new)");
    }
    started = true;
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(opened.acceptor(), opened.group())
            .channel(NativeIo.serverChannel(io()))
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .handler(guard)
            .childHandler(new Connections());
    ChannelOption<Long> unsentBytes = NativeIo.unsentBytes(io());
    if (unsentBytes != null) {
      bootstrap.childOption(unsentBytes, UNSENT_BYTES);
    }
    ChannelFuture bound = bootstrap.bind(BindAddress.of(config)).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      close();
      IOException failure = BindAddress.failure(config, bound.cause());
      throw new UncheckedIOException(failure.getMessage(), failure);
    }
    Channel channel = bound.channel();
    listener = channel;
    InetSocketAddress address = (InetSocketAddress) channel.localAddress();
    LOG.info("listening on {} with {}", address, io());
    return address;
  }

  /**
   * Reads the certificate files again, for future connections. Blocks while the files are read.
   * Without TLS this method does nothing.
   *
   * @throws IllegalArgumentException naming the file at fault; the old certificate stays in use
   */
  public void reloadCertificate() {
    tls.ifPresent(TlsContexts::reload);
  }

  /** The kind of input and output that the server uses. */
  public IoKind io() {
    return opened.kind();
  }

  /**
   * Stops listening, ends the sessions of all endpoints, and gives their last bytes two seconds to
   * leave. Blocks until the event loops have ended. A second call does nothing. Must not be called
   * on an event loop.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    guard.close();
    if (listener != null) {
      listener.close().awaitUninterruptibly();
    }
    config.endpoints().values().forEach(EngineIoServer::close);
    drain();
    config.endpoints().values().forEach(EngineIoServer::abandon);
    // A connection that sends a file needs its loop and the executor for files until it is closed.
    connections.close().awaitUninterruptibly(DRAIN_TIME.toMillis());
    end(opened.acceptor(), 0);
    end(opened.group(), DRAIN_TIME.toMillis());
    // A read that hangs, or a listener that waits for this method, must not hold up the close.
    files
        .shutdownGracefully(0, 0, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(DRAIN_TIME.toMillis());
  }

  private static void end(EventExecutorGroup threads, long mostMillis) {
    threads.shutdownGracefully(0, mostMillis, TimeUnit.MILLISECONDS).awaitUninterruptibly();
  }

  private void drain() {
    // This task is queued behind the tasks that end the sessions, so that the sessions still answer
    // their polls.
    for (Channel connection : connections) {
      connection
          .eventLoop()
          .execute(() -> connection.pipeline().fireUserEventTriggered(HttpConnection.Drain.NOW));
    }
    connections.newCloseFuture().awaitUninterruptibly(DRAIN_TIME.toMillis());
  }

  /**
   * The event loops of a server.
   *
   * @param group the loops for connections
   * @param acceptor one loop that accepts connections and does nothing else, since {@link
   *     AcceptGuard} blocks
   */
  private record Loops(
      IoKind kind, MultiThreadIoEventLoopGroup group, MultiThreadIoEventLoopGroup acceptor) {
    /** Opens all loops or none, so that another kind of input and output can be tried. */
    static Loops open(IoKind kind, NettyServerConfig config) {
      String instance = config.instance();
      MultiThreadIoEventLoopGroup acceptor =
          NativeIo.loops(kind, 1, new LoopThreads(instance, "accept"));
      try {
        int count = config.transport().eventLoopThreads();
        return new Loops(
            kind, NativeIo.loops(kind, count, new LoopThreads(instance, "io")), acceptor);
      } catch (RuntimeException | Error e) {
        var unused = acceptor.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS);
        throw e;
      }
    }
  }

  /** Sets up the pipeline of each accepted connection, and knows all that are open. */
  private final class Connections extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel channel) {
      connections.add(channel);
      tls.ifPresent(contexts -> channel.pipeline().addLast(contexts.handler(channel.alloc())));
      HttpConnection connection =
          new HttpConnection(
              channel, Objects.requireNonNull(loops.get(channel.eventLoop())), routes);
      channel.pipeline().addLast(new RequestDecoder(connection::arriving), connection);
    }
  }
}
