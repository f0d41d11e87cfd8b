package io.starling.manager.redis;

import static java.util.Objects.requireNonNull;

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
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.EpollProvider;
import io.lettuce.core.resource.IOUringProvider;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.starling.manager.pubsub.Broker;
import io.starling.manager.pubsub.BrokerAddress;
import io.starling.manager.pubsub.NamedThreads;
import io.starling.manager.pubsub.PubSubBackend.Listener;
import io.starling.manager.pubsub.Reconnecting;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the connections to Redis: one that publishes, and one that subscribes. Lettuce is
 * configured never to reconnect and never to repeat a command: when a connection breaks, all of its
 * commands fail. Reconnecting is left to {@link Reconnecting}, which tells the manager about it.
 */
final class RedisBroker implements Broker {
  /** How long a connect may take. The first answer on the new connection may take as long again. */
  static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(4);

  private static final Duration SILENCE = Duration.ofSeconds(10);
  private static final int EVENT_LOOPS = 2;
  private static final long CLOSE_SECONDS = 5;
  private static final long CLOSE_NOTIFY_MILLIS = 200;
  private static final String RING = "io.lettuce.core.iouring";
  private static final Logger LOG = LoggerFactory.getLogger(RedisBroker.class);

  /** The largest number of attempts to connect, see {@link #open}. */
  private static final int EARLY_ATTEMPTS = 5;

  static {
    withoutRing();
  }

  private final RedisAddress address;
  private final String visibleName;
  private final Duration pingInterval;
  private final Listener listener;
  private final RedisRole role = new RedisRole();
  private final ClientResources resources;
  private final RedisClient client;

  /** For each caller that waits for a connection, a task that fails the stage of this caller. */
  private final Set<Runnable> opening = ConcurrentHashMap.newKeySet();

  private volatile boolean cancelled;

  /** Stops reading from the newest subscribing connection; null before the first one. */
  private volatile @Nullable ReadGate subscriberGate;

  /** The link of the subscribing connection; null before its first connection is opened. */
  private volatile @Nullable Reconnecting<RedisSubscriptions> subscriber;

  /**
   * Prepares Lettuce; no connection is opened yet.
   *
   * @param name becomes part of the names of threads and connections
   * @param pingInterval how often a connection is checked, and how long the answer may take
   * @param listener receives the frames
   */
  RedisBroker(RedisAddress address, String name, Duration pingInterval, Listener listener) {
    this.address = address;
    this.visibleName = "starling-" + name.replaceAll("[^!-~]", "-");
    this.pingInterval = pingInterval;
    this.listener = listener;
    String threads = "starling-" + name + "-redis-";
    this.resources =
        ClientResources.builder()
            .ioThreadPoolSize(EVENT_LOOPS)
            .computationThreadPoolSize(EVENT_LOOPS)
            .commandLatencyRecorder(CommandLatencyRecorder.disabled())
            .threadFactoryProvider(pool -> new NamedThreads(threads + pool.replace("lettuce-", "")))
            .nettyCustomizer(new Sockets())
            .build();
    this.client = RedisClient.create(resources);
    client.setOptions(options(address));
  }

  /**
   * Turns off io_uring in Lettuce where epoll works, to avoid a warning. With both on the class
   * path, as beside Starling's server, Lettuce uses epoll and logs a warning at every connect.
   * Lettuce reads the system property only once, so the property is removed again at once.
   */
  private static void withoutRing() {
    String before = System.getProperty(RING);
    if (before == null && EpollProvider.isAvailable()) {
      System.setProperty(RING, "false");
      LOG.debug("io_uring for Redis: {}", IOUringProvider.isAvailable());
      System.clearProperty(RING);
    }
  }

  @Override
  public BrokerAddress address() {
    return address.shown();
  }

  RedisRole role() {
    return role;
  }

  Duration pingInterval() {
    return pingInterval;
  }

  Listener listener() {
    return listener;
  }

  @Override
  public Opening<RedisPublishing> publishing() {
    return link ->
        open(() -> client.connectAsync(new BinaryCodec(), uri("publish")))
            .thenApply(made -> new RedisPublishing(made, this, link));
  }

  @Override
  public Opening<RedisSubscriptions> subscribing() {
    return link -> {
      subscriber = link;
      return open(() -> client.connectPubSubAsync(new BinaryCodec(), uri("subscribe")))
          .thenApply(
              made ->
                  new RedisSubscriptions(made, requireNonNull(subscriberGate, "gate"), this, link));
    };
  }

  private RedisURI uri(String role) {
    return RedisURI.builder(address.uri()).withClientName(visibleName + "-" + role).build();
  }

  /**
   * Replaces the subscribing connection, because the server has become a replica. That connection
   * cannot find this out by itself.
   */
  void demoted(Throwable cause) {
    Reconnecting<RedisSubscriptions> link = subscriber;
    if (link != null) {
      link.reconnect(cause);
    }
  }

  private static ClientOptions options(RedisAddress address) {
    SocketOptions.Builder socket =
        SocketOptions.builder().connectTimeout(CONNECT_TIMEOUT).tcpNoDelay(true);
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

  private <C extends StatefulRedisConnection<String, ByteBuffer>> CompletionStage<C> open(
      Supplier<CompletionStage<C>> connect) {
    return open(() -> unlessCancelled(connect.get()), EARLY_ATTEMPTS);
  }

  /**
   * Ends all connecting. The stages of connections that are being opened fail at once, and so do
   * later ones; a connection that is established too late is closed.
   */
  @Override
  public void cancel() {
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

  /**
   * Connects, and repeats that up to {@code attempts} times in all when the error is only an effect
   * of a race inside Lettuce. Such an error hides the real answer of the server.
   */
  private static <C> CompletionStage<C> open(Supplier<CompletionStage<C>> connect, int attempts) {
    return connect
        .get()
        .exceptionallyCompose(
            error ->
                isRace(error) && attempts > 1
                    ? open(connect, attempts - 1)
                    : CompletableFuture.failedStage(error));
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

  /** Reports the end of a connection, with the last error before it; also when it has ended. */
  static void watch(StatefulRedisConnection<String, ByteBuffer> made, Consumer<Throwable> lost) {
    AtomicReference<Throwable> reason =
        new AtomicReference<>(new IOException("connection closed by the server"));
    made.addListener(
        new RedisConnectionStateListener() {
          @Override
          public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
            lost.accept(reason.get());
          }

          @Override
          public void onRedisExceptionCaught(RedisChannelHandler<?, ?> handler, Throwable error) {
            reason.set(error);
          }
        });
    if (!made.isOpen()) {
      lost.accept(reason.get());
    }
  }

  /** Closes every connection, then ends the threads of Lettuce. */
  @Override
  public CompletionStage<?> end() {
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

  /**
   * Adds the {@link ReadGate} and a limit for closing TLS to the Netty pipeline of a new
   * connection. Lettuce gives no other access to the pipeline.
   */
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
        // Without this limit, the close message of TLS would keep the socket open for long when the
        // server is frozen.
        tls.setCloseNotifyFlushTimeout(CLOSE_NOTIFY_MILLIS, TimeUnit.MILLISECONDS);
      }
    }
  }
}
