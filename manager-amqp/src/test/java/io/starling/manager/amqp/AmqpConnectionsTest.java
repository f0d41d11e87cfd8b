package io.starling.manager.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Address;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AmqpConnectionsTest {
  private static AmqpConnections connections(Closing... hosts) {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setAutomaticRecoveryEnabled(false);
    return new AmqpConnections(
        factory, List.of(hosts).stream().map(Closing::address).toList(), "t");
  }

  @Test
  void anyHostIsTheFirstThatIsTried() throws Exception {
    List<String> tried = new CopyOnWriteArrayList<>();
    try (Closing a = new Closing("a", tried);
        Closing b = new Closing("b", tried);
        Closing c = new Closing("c", tried)) {
      AmqpConnections connections = connections(a, b, c);
      Set<String> first = new HashSet<>();
      for (int i = 0; i < 60; i++) {
        tried.clear();
        assertThatThrownBy(() -> connections.open("publisher")).isInstanceOf(IOException.class);
        assertThat(tried).containsExactlyInAnyOrder("a", "b", "c");
        first.add(tried.get(0));
      }
      assertThat(first).containsExactlyInAnyOrder("a", "b", "c");
    }
  }

  @Test
  void theReasonOfEachHostIsTold() throws Exception {
    List<String> tried = new CopyOnWriteArrayList<>();
    Closing gone = new Closing("gone", tried);
    gone.close();
    try (Closing closing = new Closing("closing", tried)) {
      AmqpConnections connections = connections(closing, gone);

      assertThatThrownBy(() -> connections.open("publisher"))
          .hasMessageContaining(gone.address() + " connection refused")
          .hasMessageContaining(closing.address() + " ")
          .hasMessageContaining("; ");
    }
  }

  /** Takes each connection and ends it at once, as a node does that is about to stop. */
  private static final class Closing implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

    Closing(String name, List<String> tried) throws IOException {
      Thread thread = new Thread(() -> accept(name, tried), "closing " + name);
      thread.setDaemon(true);
      thread.start();
    }

    private void accept(String name, List<String> tried) {
      while (!listener.isClosed()) {
        try {
          Socket taken = listener.accept();
          tried.add(name);
          taken.close();
        } catch (IOException e) {
          return;
        }
      }
    }

    Address address() {
      return new Address("127.0.0.1", listener.getLocalPort());
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }
}
