package io.starling.manager.amqp;

import com.rabbitmq.client.Address;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.SocketConfigurator;
import com.rabbitmq.client.SocketConfigurators;
import io.starling.manager.amqp.AmqpSubscriptions.Limits;
import io.starling.manager.pubsub.BrokerAddress;
import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.ReconnectingBackend;
import io.starling.manager.pubsub.ReconnectingBackend.Parts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Builds the back end for RabbitMQ, or for any broker that speaks AMQP 0-9-1. A bus channel is a
 * routing key of one durable direct exchange, which is named after the prefix. One connection
 * publishes, with publisher confirms; another one receives.
 */
public final class AmqpBackend {
  private AmqpBackend() {}

  /**
   * Starts a configuration for a broker on localhost, with user and password {@code guest}, without
   * TLS.
   */
  public static Builder builder() {
    return new Builder();
  }

  /** Settings for a RabbitMQ back end. A builder is not safe for use by several threads. */
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
     * Adds a host of the broker. Each connection tries the hosts in random order and uses the first
     * that answers. Default {@code localhost}.
     *
     * @param port 0 for the standard port: 5672, or 5671 with TLS
     */
    public Builder host(String host, int port) {
      hosts.add(new Address(host, port == 0 ? ConnectionFactory.USE_DEFAULT_PORT : port));
      return this;
    }

    /**
     * Sets the user and password. Default {@code guest} for both, which RabbitMQ accepts from
     * localhost only.
     */
    public Builder credentials(String user, String password) {
      this.user = user;
      this.password = password;
      return this;
    }

    /** Sets the virtual host. Default {@code /}. */
    public Builder virtualHost(String value) {
      this.virtualHost = value;
      return this;
    }

    /**
     * Uses TLS. Default no TLS.
     *
     * @param context holds the trusted certificates, and the certificate of the client if it has
     *     one
     * @param verifyHostname whether the certificate of the broker must be issued for its host name
     */
    public Builder tls(SSLContext context, boolean verifyHostname) {
      this.tls = context;
      this.verifyHostname = verifyHostname;
      return this;
    }

    /**
     * Sets the heartbeat interval of AMQP. A connection on which nothing arrives for two intervals
     * is closed. Default 10 s.
     *
     * @param value 1 s to 1 h; fractions of a second are cut off
     */
    public Builder heartbeat(Duration value) {
      this.heartbeat = require("heartbeat", value);
      return this;
    }

    /**
     * Sets how long a connect may take, and each answer of the broker after that. Default 4 s.
     *
     * @param value 1 s to 1 h
     */
    public Builder connectTimeout(Duration value) {
      this.connectTimeout = require("connect-timeout", value);
      return this;
    }

    /**
     * Sets how many bytes the broker keeps for a host that reads too slowly. Beyond that the broker
     * drops the oldest frames of that host. Default 64 MiB.
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
     * Sets how many frames the broker may send to a host that has not acknowledged them yet.
     * Default 256.
     *
     * @param value 128 to 65,535; not fewer than 128, because a host acknowledges 64 frames at once
     */
    public Builder prefetch(int value) {
      if (value < 128 || value > 65_535) {
        throw new IllegalArgumentException("prefetch: " + value + " (expected: 128 to 65535)");
      }
      this.prefetch = value;
      return this;
    }

    /**
     * Sets a name that becomes part of the names of threads and connections. Default {@code
     * manager}.
     */
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

    /** Creates the back end. Nothing is connected until it is started. */
    public PubSubBackend build() {
      BrokerAddress address = address();
      AmqpConnections connections = connections();
      long bytes = queueBytes;
      int ahead = prefetch;
      return new ReconnectingBackend(
          address.text(),
          Set.of(),
          (settings, listener) -> {
            Limits limits = new Limits(settings.prefix(), bytes, ahead, listener);
            return new Parts(
                new AmqpPublishing(
                    connections.threads("publisher") + "-0",
                    address,
                    connections,
                    settings.prefix()),
                new AmqpSubscriptions(
                    connections.threads("subscriber") + "-0", address, connections, limits));
          });
    }

    private BrokerAddress address() {
      boolean secure = tls != null;
      String where =
          hosts().stream()
              .map(
                  host ->
                      host.getHost()
                          + ":"
                          + ConnectionFactory.portOrDefault(host.getPort(), secure))
              .collect(Collectors.joining(","));
      return AmqpAddress.of(
          (secure ? "amqps://" : "amqp://")
              + where
              + (virtualHost.equals("/") ? "" : "/" + virtualHost));
    }

    private List<Address> hosts() {
      return hosts.isEmpty()
          ? List.of(new Address("localhost", ConnectionFactory.USE_DEFAULT_PORT))
          : hosts;
    }

    private AmqpConnections connections() {
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
      return new AmqpConnections(factory, hosts(), name);
    }
  }
}
