package io.starling.manager.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.MaintNotificationsConfig;
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
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections, with Lettuce set so that nothing happens behind our back: it never reconnects,
 * so a connection that broke fails all its commands and is gone, and none is ever repeated.
 */
final class RedisConnections {
  private static final Duration SILENCE = Duration.ofSeconds(10);
  private static final int EVENT_LOOPS = 2;
  private static final long CLOSE_SECONDS = 5;

  private final RedisURI publisherUri;
  private final RedisURI subscriberUri;
  private final ClientResources resources;
  private final RedisClient client;
  private volatile @Nullable ReadGate subscriberGate;

  RedisConnections(RedisAddress address, String name) {
    String visible = "starling-" + name.replaceAll("[^!-~]", "-");
    this.publisherUri = named(address, visible + "-publish");
    this.subscriberUri = named(address, visible + "-subscribe");
    this.resources =
        ClientResources.builder()
            .ioThreadPoolSize(EVENT_LOOPS)
            .computationThreadPoolSize(EVENT_LOOPS)
            .commandLatencyRecorder(CommandLatencyRecorder.disabled())
            .threadFactoryProvider(pool -> new NamedThreads(name, pool.replace("lettuce-", "")))
            .nettyCustomizer(new SubscriberGate())
            .build();
    this.client = RedisClient.create(resources);
    client.setOptions(options(address));
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
    return client.connectAsync(new BinaryCodec(), publisherUri);
  }

  CompletionStage<StatefulRedisPubSubConnection<String, ByteBuffer>> subscriber() {
    return client.connectPubSubAsync(new BinaryCodec(), subscriberUri);
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

  /** Gets at the socket below the subscriber, which Lettuce does not give away otherwise. */
  private final class SubscriberGate implements NettyCustomizer {
    @Override
    public void afterChannelInitialized(Channel channel) {
      if (channel.pipeline().get(PubSubCommandHandler.class) != null) {
        ReadGate gate = new ReadGate(channel);
        channel.pipeline().addFirst(gate);
        subscriberGate = gate;
      }
    }
  }
}
