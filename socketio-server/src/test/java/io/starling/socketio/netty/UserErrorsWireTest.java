package io.starling.socketio.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.starling.socketio.transport.CorsPolicy;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The application's own tests of a request, one of which throws an Error. */
class UserErrorsWireTest {
  private final AtomicInteger asked = new AtomicInteger();

  private boolean failOnce() {
    if (asked.incrementAndGet() == 1) {
      throw new AssertionError("expected by the test");
    }
    return true;
  }

  @Test
  void allowRequestThatFailsRefusesItsClientOnly() {
    try (EchoServer server =
        new EchoServer(
            engine -> engine.allowRequest(request -> failOnce()), transport -> transport)) {
      assertThat(server.get(EchoServer.POLLING).status()).isEqualTo(403);
      assertThat(server.get(EchoServer.POLLING).status()).isEqualTo(200);
    }
  }

  @Test
  void corsPolicyThatFailsRefusesItsClientOnly() {
    try (EchoServer server =
        new EchoServer(transport -> transport.cors(CorsPolicy.matching(origin -> failOnce())))) {
      assertThat(status(server)).isEqualTo(400);
      assertThat(status(server)).isEqualTo(200);
    }
  }

  private static int status(EchoServer server) {
    try (RawConnection connection = server.connect()) {
      return connection.get(EchoServer.POLLING, "Origin: https://elsewhere.example").status();
    }
  }
}
