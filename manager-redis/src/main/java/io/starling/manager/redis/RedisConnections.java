package io.starling.manager.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SocketOptions.KeepAliveOptions;
import io.lettuce.core.SocketOptions.TcpUserTimeoutOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.protocol.ProtocolVersion;
import io.lettuce.core.pubsub.PubSubCommandHandler;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.EpollProvider;
import io.lettuce.core.resource.IOUringProvider;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.starling.manager.pubsub.NamedThreads;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.Reconnecting;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens connections, with Lettuce set so that nothing happens behind our back: it never reconnects,
 * so a connection that broke fails all its commands and is gone, and none is ever repeated.
 */
final class RedisConnections {
  private static final Duration SILENCE = Duration.ofSeconds(10);
  private static final int EVENT_LOOPS = 2;
  private static final long CLOSE_SECONDS = 5;
  private static final long CLOSE_NOTIFY_MILLIS = 200;
  private static final String RING = "io.lettuce.core.iouring";
  private static final Logger LOG = LoggerFactory.getLogger(RedisConnections.class);

  private static final int EARLY_ATTEMPTS = 5;

  static {
    withoutRing();
  }

  private final RedisAddress address;
  private final String name;
  private final Duration pingInterval;
  private final RedisRole role = new RedisRole();
  private final RedisURI publisherUri;
  private final RedisURI subscriberUri;
  private final ClientResources resources;
  private final RedisClient client;

  /** Each fails one who waits for a connection. */
  private final Set<Runnable> opening = ConcurrentHashMap.newKeySet();

  private volatile boolean cancelled;
  private volatile @Nullable ReadGate subscriberGate;

  /**
   * Opens nothing yet.
   *
   * @param pingInterval how often a connection is checked, and how long the answer may take
   */
  RedisConnections(RedisAddress address, String name, Duration pingInterval) {
    this.address = address;
    this.name = name;
    this.pingInterval = pingInterval;
    String visible = "starling-" + name.replaceAll("[^!-~]", "-");
    this.publisherUri = named(address, visible + "-publish");
    this.subscriberUri = named(address, visible + "-subscribe");
    this.resources =
        ClientResources.builder()
            .ioThreadPoolSize(EVENT_LOOPS)
            .computationThreadPoolSize(EVENT_LOOPS)
            .commandLatencyRecorder(CommandLatencyRecorder.disabled())
            .threadFactoryProvider(pool -> new NamedThreads(prefix(pool.replace("lettuce-", ""))))
            .nettyCustomizer(new Sockets())
            .build();
    this.client = RedisClient.create(resources);
    client.setOptions(options(address));
  }

  /**
   * Lettuce warns at every connect where both epoll and io_uring are there, and takes epoll. The
   * server brings io_uring along, so Lettuce is told once not to look for it.
   */
  private static void withoutRing() {
    String before = System.getProperty(RING);
    if (before == null && EpollProvider.isAvailable()) {
      System.setProperty(RING, "false");
      LOG.debug("io_uring for Redis: {}", IOUringProvider.isAvailable());
      System.clearProperty(RING);
    }
  }

  RedisAddress address() {
    return address;
  }

  RedisRole role() {
    return role;
  }

  Duration pingInterval() {
    return pingInterval;
  }

  /** Keeps a connection of this role up, on a thread of its own. */
  <C> Reconnecting<C> link(String role, Direction direction, Reconnecting.Driver<C> driver) {
    return new Reconnecting<>(prefix(role) + "-0", direction, address.shown(), driver);
  }

  private String prefix(String of) {
    return "starling-" + name + "-redis-" + of;
  }

  private static RedisURI named(RedisAddress address, String name) {
    return RedisURI.builder(address.uri()).withClientName(name).build();
  }

  private static ClientOptions options(RedisAddress address) {
    SocketOptions.Builder socket =
        SocketOptions.builder().connectTimeout(RedisBackend.CONNECT_TIMEOUT).tcpNoDelay(true);
    boolean network = address.uri().getSocket() == null;
    if (network) {
      socket.keepAlive(
          KeepAliveOptions.builder()
              .enable()
              .idle(SILENCE)
              .interval(SILENCE.dividedBy(2))
              .count(3)
              .build());
    }
    if (network && EpollProvider.isAvailable()) {
      socket.tcpUserTimeout(
          TcpUserTimeoutOptions.builder().enable().tcpUserTimeout(SILENCE).build());
    }
    SslOptions.Builder ssl = SslOptions.builder().jdkSslProvider();
    if (address.authorities() != null) {
      ssl.trustManager(address.authorities().toFile());
    }
    return ClientOptions.builder()
        .sslOptions(ssl.build())
        .autoReconnect(false)
        .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
        .protocolVersion(ProtocolVersion.RESP2)
        .maintNotificationsConfig(MaintNotificationsConfig.disabled())
        .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
        .socketOptions(socket.build())
        .build();
  }

  CompletionStage<StatefulRedisConnection<String, ByteBuffer>> publisher() {
    return open(
        () -> unlessCancelled(client.connectAsync(new BinaryCodec(), publisherUri)),
        EARLY_ATTEMPTS);
  }

  CompletionStage<StatefulRedisPubSubConnection<String, ByteBuffer>> subscriber() {
    return open(
        () -> unlessCancelled(client.connectPubSubAsync(new BinaryCodec(), subscriberUri)),
        EARLY_ATTEMPTS);
  }

  /** Whoever waits for a connection fails at once, and a connection that comes late is closed. */
  void cancel() {
    cancelled = true;
    opening.forEach(Runnable::run);
  }

  private <C extends StatefulRedisConnection<String, ByteBuffer>>
      CompletionStage<C> unlessCancelled(CompletionStage<C> connecting) {
    CompletableFuture<C> first = new CompletableFuture<>();
    Runnable cancel = () -> first.completeExceptionally(new IOException("closed while connecting"));
    opening.add(cancel);
    connecting.whenComplete(
        (made, error) -> {
          opening.remove(cancel);
          if (error != null) {
            first.completeExceptionally(error);
          } else if (!first.complete(made)) {
            var unused = made.closeAsync();
          }
        });
    if (cancelled) {
      cancel.run();
    }
    return first;
  }

  /** Lettuce may tell of a race of its own instead of what the server answered; asks again then. */
  private static <C> CompletionStage<C> open(Supplier<CompletionStage<C>> connect, int attempts) {
    return connect
        .get()
        .handle(
            (made, error) -> {
              if (error == null) {
                return CompletableFuture.completedStage(made);
              }
              return isRace(error) && attempts > 1
                  ? open(connect, attempts - 1)
                  : CompletableFuture.<C>failedStage(error);
            })
        .thenCompose(stage -> stage);
  }

  private static boolean isRace(Throwable error) {
    for (Throwable each = error; each != null; each = each.getCause()) {
      String message = String.valueOf(each.getMessage());
      if (message.contains("closed prematurely") || message.contains("not registered")) {
        return true;
      }
    }
    return false;
  }

  /** Tells of the end of a connection, with its reason. */
  static <C extends StatefulRedisConnection<String, ByteBuffer>> void watch(
      C made, Reconnecting<C> link) {
    Ending<C> ending = new Ending<>(made, link);
    made.addListener(ending);
    if (!made.isOpen()) {
      ending.lost();
    }
  }

  /** Remembers the last error on a connection, which is the reason of its end. */
  private static final class Ending<C extends StatefulRedisConnection<String, ByteBuffer>>
      implements RedisConnectionStateListener {
    private final C connection;
    private final Reconnecting<C> link;
    private volatile Throwable reason = new IOException("connection closed by the server");

    Ending(C connection, Reconnecting<C> link) {
      this.connection = connection;
      this.link = link;
    }

    void lost() {
      link.lost(connection, reason);
    }

    @Override
    public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
      lost();
    }

    @Override
    public void onRedisExceptionCaught(RedisChannelHandler<?, ?> handler, Throwable error) {
      reason = error;
    }
  }

  /** Whether the newest subscriber connection takes bytes from its socket. */
  void reading(boolean on) {
    ReadGate gate = subscriberGate;
    if (gate != null) {
      gate.open(on);
    }
  }

  /** Closes every connection, then ends every thread. */
  CompletableFuture<Void> close() {
    return client
        .shutdownAsync(0, CLOSE_SECONDS, TimeUnit.SECONDS)
        .handle((done, error) -> endThreads())
        .thenCompose(ended -> ended);
  }

  private CompletionStage<Void> endThreads() {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    resources
        .shutdown(0, CLOSE_SECONDS, TimeUnit.SECONDS)
        .addListener(future -> ended.complete(null));
    return ended;
  }

  /** Gets at the sockets, which Lettuce does not give away otherwise. */
  private final class Sockets implements NettyCustomizer {
    @Override
    public void afterChannelInitialized(Channel channel) {
      if (channel.pipeline().get(PubSubCommandHandler.class) != null) {
        ReadGate gate = new ReadGate(channel);
        channel.pipeline().addFirst(gate);
        subscriberGate = gate;
      }
      SslHandler tls = channel.pipeline().get(SslHandler.class);
      if (tls != null) {
        // The goodbye of TLS must not keep the socket of a frozen server open.
        tls.setCloseNotifyFlushTimeout(CLOSE_NOTIFY_MILLIS, TimeUnit.MILLISECONDS);
      }
    }
  }
}
