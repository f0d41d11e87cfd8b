package io.starling.manager.amqp;

import static java.util.Objects.requireNonNull;

import com.rabbitmq.client.Address;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Makes connections of one back end. */
final class AmqpConnections {
  private final AmqpAddress address;
  private final ConnectionFactory factory;
  private final List<Address> hosts;
  private final String name;

  /** A connection that was opened with its one channel, and what is below. */
  static final class Opened {
    private final Connection connection;
    private final Channel channel;
    private final Socket socket;
    private final ExecutorService deliveries;

    private Opened(
        Connection connection, Channel channel, Socket socket, ExecutorService deliveries) {
      this.connection = connection;
      this.channel = channel;
      this.socket = socket;
      this.deliveries = deliveries;
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
      deliveries.shutdown();
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
    own.setSocketConfigurator(
        made -> {
          made.setTcpNoDelay(true);
          made.setKeepAlive(true);
          socket.set(made);
        });
    own.setThreadFactory(threads(role + "-io"));
    ExecutorService deliveries = Executors.newSingleThreadExecutor(threads(role + "-deliveries"));
    try {
      Connection connection = own.newConnection(deliveries, hosts, "starling-" + name + "-" + role);
      Channel channel = connection.createChannel();
      if (channel == null) {
        throw new IOException("no channel left on the connection");
      }
      return new Opened(connection, channel, requireNonNull(socket.get(), "socket"), deliveries);
    } catch (IOException | TimeoutException | RuntimeException e) {
      Socket open = socket.get();
      if (open != null) {
        open.close();
      }
      deliveries.shutdown();
      throw e;
    }
  }
}
