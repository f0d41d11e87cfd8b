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
 * RabbitMQ, or any broker that speaks AMQP 0-9-1: a channel is a routing key of one durable direct
 * exchange that is named after the prefix. One connection publishes with confirms, one receives.
 */
public final class AmqpBackend {
  private AmqpBackend() {}

  /** A broker on localhost, with guest as user and password, until told otherwise. */
  public static Builder builder() {
    return new Builder();
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
