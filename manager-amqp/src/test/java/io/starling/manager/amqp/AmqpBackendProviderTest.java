package io.starling.manager.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.starling.manager.BackendUnavailableException;
import io.starling.manager.pubsub.BackendUrl;
import io.starling.manager.pubsub.PubSubBackend;
import io.starling.manager.pubsub.PubSubBackend.Direction;
import io.starling.manager.pubsub.PubSubBackend.Listener;
import io.starling.manager.pubsub.PubSubSettings;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AmqpBackendProviderTest {
  private static PubSubBackend create(String url) {
    return new AmqpBackendProvider().create(BackendUrl.parse(url), "test");
  }

  @Test
  void nothingBehindTheSchemeIsLocalhost() {
    assertThat(create("amqp://")).hasToString("amqp://localhost:5672");
    assertThat(create("amqps://")).hasToString("amqps://localhost:5671");
  }

  @Test
  void severalHostsAndAVirtualHostAreTakenAndNoCredentialsShown() {
    assertThat(create("amqp://me:secret@h1,h2:5673/team%2Fapp"))
        .hasToString("amqp://h1:5672,h2:5673/team/app");
  }

  @Test
  void allFaultsAreListedAtOnce() {
    assertThatThrownBy(
            () ->
                create(
                    "amqp://me@h?heartbeat-seconds=0&connect-seconds=x&queue-bytes=5&prefetch=1"
                        + "&verify=none"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("user:password@")
        .hasMessageContaining("heartbeat: 0 ms (expected: 1 s to 1 h)")
        .hasMessageContaining("connect-seconds: x (expected: a whole number)")
        .hasMessageContaining("queue-bytes: 5 (expected: at least 1048576)")
        .hasMessageContaining("prefetch: 1 (expected: 128 to 65535)")
        .hasMessageContaining("verify, ca: not here (expected: with amqps://)");
  }

  @Test
  void theCertificatesToTrustMustBeThere() {
    assertThatThrownBy(() -> create("amqps://h?ca=/no/such/file"))
        .hasMessage("ca: /no/such/file (expected: a file with certificates in PEM)");
    assertThatThrownBy(() -> create("amqps://h?verify=maybe"))
        .hasMessage("verify: maybe (expected: one of ca, full, none)");
  }

  @Test
  void aBrokerThatIsNotThereIsNamedInOneLine() throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    PubSubBackend nowhere = create("amqp://me:secret@127.0.0.1:" + port);

    assertThatThrownBy(
            () ->
                nowhere
                    .start(
                        EnumSet.allOf(Direction.class), PubSubSettings.DEFAULTS, new NoListener())
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessage(
            "amqp://127.0.0.1:"
                + port
                + ": connection refused (expected: a RabbitMQ server that answers)");
  }

  private static final class NoListener implements Listener {
    @Override
    public void frame(String channel, ByteBuffer frame) {}

    @Override
    public void connectionLost(Direction direction, @Nullable Throwable cause) {}

    @Override
    public void connectionRestored(Direction direction) {}
  }
}
