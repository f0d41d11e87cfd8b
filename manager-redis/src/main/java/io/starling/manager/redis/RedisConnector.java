package io.starling.manager.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
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
import io.starling.manager.redis.RedisAddress.Topology;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens single connections through Lettuce. Lettuce is configured never to reconnect and never to
 * repeat a command: when a connection breaks, all of its commands fail.
 */
final class RedisConnector {
  /** How long a connect may take. The first answer on the new connection may take as long again. */
  static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(4);

  /** The time limit of everything that Lettuce does to open one connection, Sentinels included. */
  private static final Duration OPEN_TIMEOUT = CONNECT_TIMEOUT.multipliedBy(3);

  private static final Duration SILENCE = Duration.ofSeconds(10);
  private static final int EVENT_LOOPS = 2;
  private static final long CLOSE_SECONDS = 5;
  private static final long CLOSE_NOTIFY_MILLIS = 200;
  private static final String RING = "io.lettuce.core.iouring";
  private static final Logger LOG = LoggerFactory.getLogger(RedisConnector.class);

  /** The largest number of attempts to connect, see {@link #open}. */
  private static final int EARLY_ATTEMPTS = 5;

  static {
    withoutRing();
  }

  private final String visibleName;
  private final ClientResources resources;
  private final RedisClient client;

  /** For each caller that waits for a connection, a task that fails the stage of this caller. */
  private final Set<Runnable> opening = ConcurrentHashMap.newKeySet();

  private volatile boolean cancelled;

  /**
   * The gates of the subscribing connections whose sockets are open. The key is the endpoint of the
   * connection: the object through which Lettuce writes the commands of this connection alone.
   */
  private final Map<Object, ReadGate> gates = new ConcurrentHashMap<>();

  /** A connection that subscribes, and the gate that stops reading from it. */
  record Subscriber(StatefulRedisPubSubConnection<String, ByteBuffer> lettuce, ReadGate gate) {}

  /**
   * Prepares Lettuce; no connection is opened yet.
   *
   * @param name becomes part of the names of threads and connections
   */
  RedisConnector(RedisAddress address, String name) {
    this.visibleName = "starling-" + name.replaceAll("[^!-~]", "-");
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

  /**
   * Opens a connection for commands.
   *
   * @param role the end of its name on the server
   */
  CompletionStage<StatefulRedisConnection<String, ByteBuffer>> connect(RedisURI uri, String role) {
    return open(() -> client.connectAsync(new BinaryCodec(), named(uri, role)));
  }

  /** Opens a connection that subscribes. */
  CompletionStage<Subscriber> subscriber(RedisURI uri) {
    return open(() -> client.connectPubSubAsync(new BinaryCodec(), named(uri, "subscribe")))
        .thenCompose(this::withGate);
  }

  private CompletionStage<Subscriber> withGate(
      StatefulRedisPubSubConnection<String, ByteBuffer> made) {
    ReadGate gate = gates.get(((RedisChannelHandler<?, ?>) made).getChannelWriter());
    if (gate != null) {
      return CompletableFuture.completedStage(new Subscriber(made, gate));
    }
    var unused = made.closeAsync();
    return CompletableFuture.failedStage(new IOException("connection closed as soon as opened"));
  }

  private RedisURI named(RedisURI uri, String role) {
    RedisURI.Builder copy = RedisURI.builder(uri).withClientName(visibleName + "-" + role);
    if (!uri.getSentinels().isEmpty()) {
      copy.withSentinelMasterId(uri.getSentinelMasterId()); // Lettuce does not copy these.
      List<RedisURI> sentinels = new ArrayList<>(uri.getSentinels());
      Collections.shuffle(sentinels); // Lettuce asks one after the other, and the first may hang.
      sentinels.forEach(copy::withSentinel);
    }
    return copy.build();
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
        .protocolVersion(protocol(address))
        .maintNotificationsConfig(MaintNotificationsConfig.disabled())
        .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
        .socketOptions(socket.build())
        .build();
  }

  /**
   * Sharded pub/sub needs RESP3: with RESP2, Lettuce takes a message of a shard for the answer to a
   * command that is in flight.
   */
  private static ProtocolVersion protocol(RedisAddress address) {
    return address.topology() == Topology.SHARDED ? ProtocolVersion.RESP3 : ProtocolVersion.RESP2;
  }

  private <C extends StatefulRedisConnection<String, ByteBuffer>> CompletionStage<C> open(
      Supplier<CompletionStage<C>> connect) {
    return open(() -> unlessCancelled(connect.get()), EARLY_ATTEMPTS);
  }

  /**
   * Ends all connecting. The stages of connections that are being opened fail at once, and so do
   * later ones; a connection that is established too late is closed.
   */
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
    // Lettuce asks all Sentinels of an address, one after the other, and each may keep silent.
    return first.orTimeout(OPEN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
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

  /** Closes every connection, then ends the threads of Lettuce. */
  CompletionStage<?> end() {
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
      PubSubCommandHandler<?, ?> subscribing = channel.pipeline().get(PubSubCommandHandler.class);
      if (subscribing != null) {
        Object endpoint = subscribing.getEndpoint();
        ReadGate gate = new ReadGate(channel);
        channel.pipeline().addFirst(gate);
        gates.put(endpoint, gate);
        channel.closeFuture().addListener(closed -> gates.remove(endpoint));
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
