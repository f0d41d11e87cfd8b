package io.starling.manager.amqp;

import static java.util.Objects.requireNonNull;

import com.rabbitmq.client.Address;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.impl.ForgivingExceptionHandler;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes connections of one back end. */
final class AmqpConnections {
  private static final Logger LOG = LoggerFactory.getLogger(AmqpConnections.class);

  private final AmqpAddress address;
  private final ConnectionFactory factory;
  private final List<Address> hosts;
  private final String name;

  /** A connection that was opened with its one channel, and what is below. */
  static final class Opened {
    private final Connection connection;
    private final Channel channel;
    private final Socket socket;

    private Opened(Connection connection, Channel channel, Socket socket) {
      this.connection = connection;
      this.channel = channel;
      this.socket = socket;
    }

    Connection connection() {
      return connection;
    }

    Channel channel() {
      return channel;
    }

    /** Closes without a word, whoever waits for the peer. */
    void cut() {
      try {
        socket.close();
      } catch (IOException e) {
        // Closed is closed.
      }
    }
  }

  AmqpConnections(
      AmqpAddress address, ConnectionFactory factory, List<Address> hosts, String name) {
    this.address = address;
    this.factory = factory;
    this.hosts = hosts;
    this.name = name;
  }

  AmqpAddress address() {
    return address;
  }

  ThreadFactory threads(String role) {
    return new NamedThreads(name, role);
  }

  /** Connects; blocks for as long as the factory's time-outs allow. */
  Opened open(String role) throws IOException, TimeoutException {
    ConnectionFactory own = factory.clone();
    AtomicReference<@Nullable Socket> socket = new AtomicReference<>();
    // After what the factory's own does: it may check the broker's name.
    own.setSocketConfigurator(
        own.getSocketConfigurator()
            .andThen(
                made -> {
                  made.setKeepAlive(true);
                  socket.set(made);
                }));
    own.setThreadFactory(threads(role + "-io"));
    own.setExceptionHandler(new QuietExceptionHandler());
    // Its thread ends by itself; the client still uses it after the connection was closed.
    ThreadPoolExecutor deliveries =
        new ThreadPoolExecutor(
            1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads(role + "-deliveries"));
    deliveries.allowCoreThreadTimeOut(true);
    try {
      Connection connection = own.newConnection(deliveries, hosts, "starling-" + name + "-" + role);
      Channel channel = connection.createChannel();
      if (channel == null) {
        throw new IOException("no channel left on the connection");
      }
      return new Opened(connection, channel, requireNonNull(socket.get(), "socket"));
    } catch (IOException | TimeoutException | RuntimeException e) {
      Socket open = socket.get();
      if (open != null) {
        open.close();
      }
      throw e;
    }
  }

  /** Whoever owns a connection hears of its end and says so; the client need not. */
  private static final class QuietExceptionHandler extends ForgivingExceptionHandler {
    @Override
    protected void log(String message, Throwable e) {
      LOG.debug("{}", message, e);
    }
  }
}
