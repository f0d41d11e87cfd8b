package io.starling.manager.amqp;

import com.rabbitmq.client.Address;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.SocketConfigurator;
import com.rabbitmq.client.SocketConfigurators;
import io.starling.manager.HostId;
import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubSettings;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * RabbitMQ, or any broker that speaks AMQP 0-9-1: a channel is a routing key of one durable direct
 * exchange that is named after the prefix. One connection publishes with confirms, one receives;
 * each is kept by an {@link AmqpLink}.
 */
public final class AmqpBackend implements PubSubBackend {
  private static final Logger LOG = LoggerFactory.getLogger(AmqpBackend.class);

  private final Options options;
  private final AmqpAddress address;
  private @Nullable Running running;
  private @Nullable CompletableFuture<Void> closed;

  /** A started one; null where a direction is not wanted. */
  private record Running(
      @Nullable AmqpPublishing publishing, @Nullable AmqpSubscriptions subscriptions) {}

  /** What was asked for; without a toString of its own, because it holds a password. */
  static final class Options {
    private final Builder from;

    private Options(Builder from) {
      this.from = from;
    }

    long queueBytes() {
      return from.queueBytes;
    }

    int prefetch() {
      return from.prefetch;
    }
  }

  private AmqpBackend(Builder builder) {
    this.options = new Options(builder);
    this.address = builder.address();
  }

  /** A broker on localhost, with guest as user and password, until told otherwise. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public CompletionStage<Void> start(
      Set<Direction> directions, PubSubSettings settings, Listener listener) {
    Running started = open(directions, settings, listener);
    CompletionStage<Void> publishing =
        started.publishing() == null ? nothing() : started.publishing().start();
    CompletionStage<Void> subscribing =
        started.subscriptions() == null ? nothing() : started.subscriptions().start();
    return CompletableFuture.allOf(
            publishing.toCompletableFuture(), subscribing.toCompletableFuture())
        .handle(
            (done, error) -> {
              if (error == null) {
                return nothing();
              }
              Throwable why = error.getCause() == null ? error : error.getCause();
              return release().thenCompose(freed -> CompletableFuture.<Void>failedStage(why));
            })
        .thenCompose(stage -> stage);
  }

  private static CompletionStage<Void> nothing() {
    return CompletableFuture.completedStage(null);
  }

  private synchronized Running open(
      Set<Direction> directions, PubSubSettings settings, Listener listener) {
    if (running != null || closed != null) {
      throw new IllegalStateException(address + ": started before (expected: once)");
    }
    String exchange = settings.prefix();
    boolean keepTrying = settings.keepTrying();
    AmqpConnections connections = options.from.connections(address);
    String queuePrefix = exchange + "." + HostId.random() + ".";
    running =
        new Running(
            directions.contains(Direction.PUBLISH)
                ? new AmqpPublishing(connections, exchange, keepTrying, listener)
                : null,
            directions.contains(Direction.SUBSCRIBE)
                ? new AmqpSubscriptions(
                    connections, options, exchange, queuePrefix, keepTrying, listener)
                : null);
    return running;
  }

  @Override
  public CompletionStage<Integer> publish(String channel, ByteBuffer frame) {
    Running now = open();
    return now == null || now.publishing() == null
        ? notOpen()
        : now.publishing().publish(channel, frame);
  }

  @Override
  public CompletionStage<Void> subscribe(String channel) {
    Running now = open();
    return now == null || now.subscriptions() == null
        ? notOpen()
        : now.subscriptions().subscribe(channel);
  }

  @Override
  public CompletionStage<Void> unsubscribe(String channel) {
    Running now = open();
    return now == null || now.subscriptions() == null
        ? notOpen()
        : now.subscriptions().unsubscribe(channel);
  }

  @Override
  public void pause() {
    pause(true);
  }

  @Override
  public void resume() {
    pause(false);
  }

  private void pause(boolean pause) {
    Running now = open();
    if (now != null && now.subscriptions() != null) {
      now.subscriptions().pause(pause);
    }
  }

  @Override
  public Set<Capability> capabilities() {
    return Set.of();
  }

  @Override
  public void close(Duration timeout) {
    try {
      release().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      LOG.warn("{}: not closed within {} ms", address, timeout.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized @Nullable Running open() {
    return closed == null ? running : null;
  }

  private <T> CompletionStage<T> notOpen() {
    return CompletableFuture.failedStage(
        new IllegalStateException(address + ": not open (expected: started and not closed)"));
  }

  private synchronized CompletableFuture<Void> release() {
    if (closed == null) {
      Running last = running;
      ExecutorService closers =
          Executors.newFixedThreadPool(2, new NamedThreads(options.from.name, "closer"));
      closed =
          last == null
              ? CompletableFuture.completedFuture(null)
              : CompletableFuture.allOf(
                  CompletableFuture.runAsync(
                      () -> {
                        if (last.publishing() != null) {
                          last.publishing().close();
                        }
                      },
                      closers),
                  CompletableFuture.runAsync(
                      () -> {
                        if (last.subscriptions() != null) {
                          last.subscriptions().close();
                        }
                      },
                      closers));
      closers.shutdown();
    }
    return closed;
  }

  @Override
  public String toString() {
    return address.toString();
  }

  /** Gathers what a back end needs. Not safe for several threads. */
  public static final class Builder {
    private final List<Address> hosts = new ArrayList<>();
    private String user = ConnectionFactory.DEFAULT_USER;
    private String password = ConnectionFactory.DEFAULT_PASS;
    private String virtualHost = ConnectionFactory.DEFAULT_VHOST;
    private Duration heartbeat = Duration.ofSeconds(10);
    private Duration connectTimeout = Duration.ofSeconds(4);
    private long queueBytes = 64L << 20;
    private int prefetch = 256;
    private boolean verifyHostname = true;
    private @Nullable SSLContext tls;
    private String name = "manager";

    private Builder() {}

    /**
     * Adds a host; each connection goes to the first that answers, in random order. Default {@code
     * localhost}.
     *
     * @param port 0 for the standard one: 5672, or 5671 with TLS
     */
    public Builder host(String host, int port) {
      hosts.add(new Address(host, port == 0 ? ConnectionFactory.USE_DEFAULT_PORT : port));
      return this;
    }

    /** Default {@code guest}, {@code guest}, which RabbitMQ takes from localhost only. */
    public Builder credentials(String user, String password) {
      this.user = user;
      this.password = password;
      return this;
    }

    /** Default {@code /}. */
    public Builder virtualHost(String value) {
      this.virtualHost = value;
      return this;
    }

    /**
     * Speaks TLS.
     *
     * @param context what is trusted, and the client's own certificate
     * @param verifyHostname whether the certificate must be for the host's name
     */
    public Builder tls(SSLContext context, boolean verifyHostname) {
      this.tls = context;
      this.verifyHostname = verifyHostname;
      return this;
    }

    /** How often both sides give a sign of life; two in vain end the connection. Default 10 s. */
    public Builder heartbeat(Duration value) {
      this.heartbeat = require("heartbeat", value);
      return this;
    }

    /** How long a connection may take, and each answer of the broker. Default 4 s. */
    public Builder connectTimeout(Duration value) {
      this.connectTimeout = require("connect-timeout", value);
      return this;
    }

    /**
     * How much the broker keeps for a host that does not keep up, before it drops the oldest.
     * Default 64 MiB.
     *
     * @param value at least 1 MiB
     */
    public Builder queueBytes(long value) {
      if (value < 1 << 20) {
        throw new IllegalArgumentException(
            "queue-bytes: " + value + " (expected: at least " + (1 << 20) + ")");
      }
      this.queueBytes = value;
      return this;
    }

    /**
     * How many frames the broker sends ahead. Default 256.
     *
     * @param value 128 to 65,535: acks go out for 64 at once
     */
    public Builder prefetch(int value) {
      if (value < 128 || value > 65_535) {
        throw new IllegalArgumentException("prefetch: " + value + " (expected: 128 to 65535)");
      }
      this.prefetch = value;
      return this;
    }

    /** What threads and connections are called. Default {@code manager}. */
    public Builder name(String value) {
      this.name = value;
      return this;
    }

    private static Duration require(String what, Duration value) {
      if (value.toSeconds() < 1 || value.toSeconds() > 3_600) {
        throw new IllegalArgumentException(
            what + ": " + value.toMillis() + " ms (expected: 1 s to 1 h)");
      }
      return value;
    }

    /** A back end that is not started. */
    public AmqpBackend build() {
      return new AmqpBackend(this);
    }

    private AmqpAddress address() {
      boolean secure = tls != null;
      String where =
          hosts().stream()
              .map(
                  host ->
                      host.getHost()
                          + ":"
                          + ConnectionFactory.portOrDefault(host.getPort(), secure))
              .collect(Collectors.joining(","));
      return new AmqpAddress(
          (secure ? "amqps://" : "amqp://")
              + where
              + (virtualHost.equals("/") ? "" : "/" + virtualHost));
    }

    private List<Address> hosts() {
      return hosts.isEmpty()
          ? List.of(new Address("localhost", ConnectionFactory.USE_DEFAULT_PORT))
          : hosts;
    }

    private AmqpConnections connections(AmqpAddress address) {
      ConnectionFactory factory = new ConnectionFactory();
      factory.setUsername(user);
      factory.setPassword(password);
      factory.setVirtualHost(virtualHost);
      factory.setRequestedHeartbeat((int) heartbeat.toSeconds());
      int millis = (int) connectTimeout.toMillis();
      factory.setConnectionTimeout(millis);
      factory.setHandshakeTimeout(millis);
      factory.setChannelRpcTimeout(millis);
      factory.setShutdownTimeout(1_000);
      factory.setAutomaticRecoveryEnabled(false);
      factory.setTopologyRecoveryEnabled(false);
      SocketConfigurator sockets = SocketConfigurators.defaultConfigurator();
      if (tls != null) {
        factory.useSslProtocol(tls);
        if (verifyHostname) {
          sockets = sockets.andThen(SocketConfigurators.enableHostnameVerification());
        }
      }
      factory.setSocketConfigurator(sockets);
      return new AmqpConnections(address, factory, hosts(), name);
    }
  }
}
