package io.starling.manager.amqp;

import static java.util.Objects.requireNonNull;

import com.rabbitmq.client.Address;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.impl.ForgivingExceptionHandler;
import io.starling.manager.pubsub.NamedThreads;
import java.io.IOException;
import java.net.Socket;
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

/** Opens the connections of one back end. */
final class AmqpConnections implements Opener {
  private static final Logger LOG = LoggerFactory.getLogger(AmqpConnections.class);
  private static final int CLOSE_MILLIS = 1_000;

  private final ConnectionFactory factory;
  private final List<Address> hosts;
  private final String name;

  /** The sockets of connections that are being opened. */
  private final Set<Socket> opening = ConcurrentHashMap.newKeySet();

  private volatile boolean closed;

  /**
   * A connection that was opened with its one channel.
   *
   * @param cut closes the socket below without a word, so that everything fails that waits for the
   *     broker; any thread, does not wait, not even for another thread's write
   */
  record Opened(Connection connection, Channel channel, Runnable cut) {
    /** Says goodbye, for 1 s at most, and closes. */
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

  /** What the names of all threads of this role begin with. */
  String threads(String role) {
    return "starling-" + name + "-amqp-" + role;
  }

  @Override
  public Opened open(String role) throws IOException, TimeoutException {
    AtomicReference<@Nullable Socket> socket = new AtomicReference<>();
    try {
      Connection connection =
          factory(role, socket)
              .newConnection(deliveries(role), hosts, "starling-" + name + "-" + role);
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
    // After what the factory's own does: it may check the broker's name.
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
    own.setThreadFactory(new NamedThreads(threads(role + "-io")));
    own.setExceptionHandler(new QuietExceptionHandler());
    return own;
  }

  /** Its thread ends by itself; the client still uses it after the connection was closed. */
  private ThreadPoolExecutor deliveries(String role) {
    ThreadPoolExecutor deliveries =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            new NamedThreads(threads(role + "-deliveries")));
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
      // Otherwise a TLS socket waits for a thread that is writing to a peer that takes nothing.
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

  /** Whoever owns a connection hears of its end and says so; the client need not. */
  private static final class QuietExceptionHandler extends ForgivingExceptionHandler {
    @Override
    protected void log(String message, Throwable e) {
      LOG.debug("{}", message, e);
    }
  }
}
