package io.starling.manager.amqp;

import static java.util.Objects.requireNonNull;

import com.rabbitmq.client.Address;
import com.rabbitmq.client.BuiltinExchangeType;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.ShutdownListener;
import com.rabbitmq.client.impl.ForgivingExceptionHandler;
import io.starling.manager.pubsub.NamedThreads;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the connections of one back end, with the settings of a RabbitMQ {@code ConnectionFactory}.
 */
final class AmqpConnections implements Opener {
  private static final Logger LOG = LoggerFactory.getLogger(AmqpConnections.class);
  private static final int CLOSE_MILLIS = 1_000;

  private final ConnectionFactory factory;
  private final List<Address> hosts;
  private final String name;

  /** The sockets of connections that are being opened. Any thread may change this set. */
  private final Set<Socket> opening = ConcurrentHashMap.newKeySet();

  private volatile boolean closed;

  /**
   * An open connection and the channel that Starling uses on it.
   *
   * @param cut closes the socket at once, without the closing handshake of AMQP, so that every call
   *     fails that waits for the broker. Any thread; does not wait, not even for a write of another
   *     thread.
   */
  record Opened(Connection connection, Channel channel, Runnable cut) {
    /** One day means never: each call to the broker already has a time-out of its own. */
    static final Duration PATIENCE = Duration.ofDays(1);

    /** Reports the end of the channel or of the connection. */
    void watch(ShutdownListener ended) {
      connection.addShutdownListener(ended);
      channel.addShutdownListener(ended);
    }

    /**
     * Creates the durable direct exchange unless it exists. Looks for it first, because looking
     * needs no permission to configure, and the user of an emitter may lack that permission.
     */
    void declareExchange(String exchange) throws IOException {
      Channel looking = connection.createChannel();
      try {
        looking.exchangeDeclarePassive(exchange);
      } catch (IOException e) {
        try (Channel declaring = connection.createChannel()) {
          declaring.exchangeDeclare(exchange, BuiltinExchangeType.DIRECT, true);
          return;
        } catch (TimeoutException late) {
          throw new IOException(late);
        }
      }
      looking.abort();
    }

    /** Closes the connection properly, which may take 1 s, then closes the socket in any case. */
    void close() {
      try {
        connection.abort(CLOSE_MILLIS);
      } finally {
        cut.run();
      }
    }
  }

  AmqpConnections(ConnectionFactory factory, List<Address> hosts, String name) {
    this.factory = factory;
    this.hosts = hosts;
    this.name = name;
  }

  /** The beginning of the names of all threads. */
  String threads() {
    return "starling-" + name + "-amqp";
  }

  /**
   * Tries the hosts in random order and takes the first on which a channel opens. So the
   * connections of many processes are spread over the nodes of a cluster, and a node that fails
   * only after the login is not tried first each time.
   */
  @Override
  public Opened open(String role) throws IOException, TimeoutException {
    List<Address> order = new ArrayList<>(hosts);
    Collections.shuffle(order);
    List<String> reasons = new ArrayList<>();
    List<Throwable> errors = new ArrayList<>();
    for (Address host : order) {
      try {
        return open(role, host);
      } catch (IOException | TimeoutException | RuntimeException e) {
        if (closed || hosts.size() == 1) {
          throw e;
        }
        LOG.debug("{}: not connected", host, e);
        reasons.add(host + " " + AmqpAddress.of(host.toString(), false).reason(e));
        errors.add(e);
      }
    }
    IOException none = new IOException(String.join("; ", reasons));
    errors.forEach(none::addSuppressed);
    throw none;
  }

  private Opened open(String role, Address host) throws IOException, TimeoutException {
    AtomicReference<@Nullable Socket> socket = new AtomicReference<>();
    try {
      Connection connection =
          factory(role, socket)
              .newConnection(deliveries(role), List.of(host), "starling-" + name + "-" + role);
      Channel channel = connection.createChannel();
      if (channel == null) {
        throw new IOException("no channel left on the connection");
      }
      Socket below = requireNonNull(socket.get(), "socket");
      return new Opened(connection, channel, () -> cut(below));
    } catch (IOException | TimeoutException | RuntimeException e) {
      forget(socket.getAndSet(null), true);
      throw e;
    } finally {
      forget(socket.get(), false);
    }
  }

  @Override
  public void close() {
    closed = true;
    opening.forEach(AmqpConnections::cut);
  }

  private ConnectionFactory factory(String role, AtomicReference<@Nullable Socket> socket) {
    ConnectionFactory own = factory.clone();
    // The configurator of the factory comes first: it may turn on the check of the host name in the
    // certificate of the broker.
    own.setSocketConfigurator(
        own.getSocketConfigurator()
            .andThen(
                made -> {
                  made.setKeepAlive(true);
                  forget(socket.getAndSet(made), true);
                  opening.add(made);
                  if (closed) {
                    throw new IOException("closed while connecting");
                  }
                }));
    own.setThreadFactory(new NamedThreads(threads() + "-" + role + "-io"));
    own.setExceptionHandler(new QuietExceptionHandler());
    return own;
  }

  /**
   * Creates the executor that runs the deliveries of one connection. It is never shut down, because
   * the client uses it even after the connection is closed. Its one thread ends after an idle
   * second.
   */
  private ThreadPoolExecutor deliveries(String role) {
    ThreadPoolExecutor deliveries =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            new NamedThreads(threads() + "-" + role + "-deliveries"));
    deliveries.allowCoreThreadTimeOut(true);
    return deliveries;
  }

  private void forget(@Nullable Socket socket, boolean cut) {
    if (socket != null) {
      opening.remove(socket);
      if (cut) {
        cut(socket);
      }
    }
  }

  private static void cut(Socket socket) {
    try {
      // Without this, closing a TLS socket would wait for another thread that is stuck in a write
      // to a broker that takes no bytes.
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      LOG.trace("The socket is closed", e);
    }
    try {
      socket.close();
    } catch (IOException e) {
      LOG.trace("The socket is closed", e);
    }
  }

  /**
   * Logs errors of the client at debug level only. The owner of a connection learns of its end from
   * a shutdown listener, and reports it.
   */
  private static final class QuietExceptionHandler extends ForgivingExceptionHandler {
    @Override
    protected void log(String message, Throwable e) {
      LOG.debug("{}", message, e);
    }
  }
}
