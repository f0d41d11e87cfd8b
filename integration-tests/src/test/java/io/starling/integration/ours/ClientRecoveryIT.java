package io.starling.integration.ours;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.client.SocketIoClient;
import io.starling.integration.process.TcpProxy;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Connection state recovery on the official server, which {@link
 * io.starling.integration.client.JavaScript} runs. python-socketio and Starling have none.
 */
@ParameterizedClass
@EnumSource
final class ClientRecoveryIT extends ClientFixture {
  ClientRecoveryIT(Transports transports) {
    super(ServerKind.NODE_RECOVERY, transports);
  }

  @Test
  void aSocketComesBackWithItsIdAndGetsWhatItMissed() throws InterruptedException {
    TcpProxy proxy = proxy();
    SocketIoClient client = client(proxy.url().toString(), options());
    String name = UUID.randomUUID().toString();
    Heard<Integer> numbers = new Heard<>();
    client
        .socket()
        .on(
            "stream",
            (arguments, ack) -> {
              if (name.equals(arguments.get(0))) {
                numbers.add(arguments.get(1, Integer.class));
              }
            });
    settled(client);
    assertThat(client.socket().recovered()).isFalse();
    SocketIoClient other = connected();
    other.socket().call("produce", name, 1); // from now on the client knows an offset
    numbers.next();
    String id = String.valueOf(client.socket().sid());
    Heard<String> back = connects(client.socket());

    proxy.hold();
    proxy.cut();
    other.socket().call("produce", name, 3);
    proxy.release();

    assertThat(back.next()).isEqualTo(id);
    assertThat(client.socket().recovered()).isTrue();
    eventually(() -> assertThat(numbers.all()).containsExactly(0, 0, 1, 2));
    other.socket().call("produce", name, 1);
    eventually(() -> assertThat(numbers.all()).containsExactly(0, 0, 1, 2, 0));
  }

  @Test
  void aSocketThatLeftByItselfIsNotRecovered() throws InterruptedException {
    SocketIoClient client = client();
    Heard<List<Object>> echoed = hear(client.socket(), "echoed");
    settled(client);
    client.socket().emit("echo-back", 1);
    echoed.next();
    String id = String.valueOf(client.socket().sid());

    client.disconnect();
    client.connect();

    assertThat(client.socket().recovered()).isFalse();
    assertThat(client.socket().sid()).isNotEqualTo(id);
  }
}
