package io.starling.manager.amqp;

import com.rabbitmq.client.Address;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.SocketConfigurator;
import com.rabbitmq.client.SocketConfigurators;
import io.starling.manager.amqp.AmqpBroker.Limits;
import io.starling.manager.pubsub.BackendUrl;
import io.starling.manager.pubsub.BrokerAddress;
import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubBackendProvider;
import io.starling.manager.pubsub.ReconnectingBackend;
import io.starling.manager.pubsub.UrlParameters;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Creates the RabbitMQ back end for the URLs {@code
 * amqp://[user:password@]host[:5672][,host…][/virtual-host]} and {@code amqps://} (the same over
 * TLS, port 5671). {@code amqp://} alone means localhost. The section "RabbitMQ" of
 * docs/configuration.md lists the parameters. The {@link java.util.ServiceLoader} finds this class.
 *
 * <p>A bus channel is a routing key of one durable direct exchange, which is named after the
 * prefix. One connection publishes, with publisher confirms; another one receives. Each connection
 * tries the hosts in random order and uses the first that opens a channel.
 */
public final class AmqpBackendProvider implements PubSubBackendProvider {
  private static final String TLS = "amqps";
  private static final String VERIFY = "verify";
  private static final String CA = "ca";

  private final @Nullable SSLContext context;

  /** Makes a provider that reads everything from the URL. */
  public AmqpBackendProvider() {
    this.context = null;
  }

  /**
   * Makes a provider for {@code amqps://} with the certificates of the caller. In the URL, the
   * parameter {@code verify} can then be {@code full} or {@code ca}, and the parameter {@code ca},
   * which names a file, is not allowed.
   *
   * @param context holds the trusted certificates, and the certificate of the client if it has one
   */
  public AmqpBackendProvider(SSLContext context) {
    this.context = context;
  }

  @Override
  public Set<String> schemes() {
    return Set.of("amqp", TLS);
  }

  @Override
  public Set<String> parameters() {
    return Set.of("heartbeat-seconds", "connect-seconds", "queue-bytes", "prefetch", VERIFY, CA);
  }

  @Override
  public PubSubBackend create(BackendUrl url, String name) {
    UrlParameters given = new UrlParameters(url);
    ConnectionFactory factory = factory(url, given);
    long queueBytes = given.number("queue-bytes", 64L << 20, 1 << 20, Long.MAX_VALUE);
    // A host acknowledges 64 frames at once, so the broker must send more than that.
    int prefetch = (int) given.number("prefetch", 256, 128, 65_535);
    if (url.scheme().equals(TLS)) {
      secure(factory, given);
    } else {
      if (given.text(VERIFY) != null || given.text(CA) != null) {
        given.fault("verify, ca: not here (expected: with amqps://)");
      }
      if (context != null) {
        given.fault("url: amqp:// (expected: amqps://, since there is an SSLContext)");
      }
    }
    given.check();
    List<Address> hosts = hosts(url);
    BrokerAddress address = address(url, hosts);
    AmqpConnections connections = new AmqpConnections(factory, hosts, name);
    return new ReconnectingBackend(
        address.text(),
        connections.threads(),
        Set.of(),
        (settings, listener) ->
            new AmqpBroker(
                address,
                connections,
                new Limits(settings.prefix(), queueBytes, prefetch, listener)));
  }

  private static List<Address> hosts(BackendUrl url) {
    int standard =
        url.scheme().equals(TLS)
            ? ConnectionFactory.DEFAULT_AMQP_OVER_SSL_PORT
            : ConnectionFactory.DEFAULT_AMQP_PORT;
    return url.hosts().isEmpty()
        ? List.of(new Address("localhost", standard))
        : url.hosts().stream()
            .map(host -> new Address(host.host(), host.portOr(standard)))
            .toList();
  }

  private static BrokerAddress address(BackendUrl url, List<Address> hosts) {
    String where =
        hosts.stream()
            .map(host -> host.getHost() + ":" + host.getPort())
            .collect(Collectors.joining(","));
    String virtualHost = virtualHost(url);
    return AmqpAddress.of(
        url.scheme()
            + "://"
            + where
            + (virtualHost.equals(ConnectionFactory.DEFAULT_VHOST) ? "" : "/" + virtualHost),
        hosts.size() > 1);
  }

  private static String virtualHost(BackendUrl url) {
    String path = url.path();
    return path == null || path.isEmpty() ? ConnectionFactory.DEFAULT_VHOST : path;
  }

  private static ConnectionFactory factory(BackendUrl url, UrlParameters given) {
    ConnectionFactory factory = new ConnectionFactory();
    String user = url.user();
    String password = url.password();
    if (user != null && password != null) {
      factory.setUsername(user);
      factory.setPassword(password);
    } else if (user != null || password != null) {
      given.fault("url: only one of user and password (expected: user:password@)");
    }
    factory.setVirtualHost(virtualHost(url));
    factory.setRequestedHeartbeat(seconds(given, "heartbeat-seconds", "heartbeat", 10));
    int millis = 1_000 * seconds(given, "connect-seconds", "connect-timeout", 4);
    factory.setConnectionTimeout(millis);
    factory.setHandshakeTimeout(millis);
    factory.setChannelRpcTimeout(millis);
    factory.setShutdownTimeout(1_000);
    factory.setAutomaticRecoveryEnabled(false);
    factory.setTopologyRecoveryEnabled(false);
    return factory;
  }

  private static int seconds(UrlParameters given, String name, String shown, int standard) {
    long value = given.number(name, standard, 0, Long.MAX_VALUE);
    if (value < 1 || value > 3_600) {
      given.fault(shown + ": " + value * 1_000 + " ms (expected: 1 s to 1 h)");
      return standard;
    }
    return (int) value;
  }

  private void secure(ConnectionFactory factory, UrlParameters given) {
    String verify = given.verify();
    String ca = given.text(CA);
    if (context != null) {
      if (ca != null || verify.equals("none")) {
        given.fault("verify, ca: not here (expected: in the SSLContext)");
      }
      factory.useSslProtocol(context);
    } else {
      try {
        if (verify.equals("none")) {
          factory.useSslProtocol(AmqpTls.trustingAnybody());
        } else {
          factory.useSslProtocol(AmqpTls.trusting(ca == null ? null : Path.of(ca)));
        }
      } catch (IllegalArgumentException e) {
        given.fault(String.valueOf(e.getMessage()));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
    // The methods above make the client compare host names, which only "full" asks for.
    SocketConfigurator sockets = SocketConfigurators.defaultConfigurator();
    factory.setSocketConfigurator(
        verify.equals("full")
            ? sockets.andThen(SocketConfigurators.enableHostnameVerification())
            : sockets);
  }
}
