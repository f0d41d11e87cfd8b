package io.starling.integration.compatibility;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.starling.integration.client.JavaScript;
import io.starling.integration.process.ChildProcess;
import io.starling.socketio.Socket;
import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

/**
 * An application that ends a connection soon after the client came, seen by the official client:
 * over polling, over WebSocket and during an upgrade, on networks of several round trip times.
 */
final class ServerDisconnectIT {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  @Test
  void theLastEventArrivesAndTheClientStaysAwayInEveryRun() {
    try (SocketIoServer server =
        SocketIoServer.create(SocketIoServerConfig.builder().port(0).build())) {
      server.root().onConnected(ServerDisconnectIT::endSoon);
      server.start();
      String url = "http://localhost:" + server.address().getPort();
      try (ChildProcess script = JavaScript.installed().start("disconnected.mjs", List.of(url))) {
        script.awaitSuccess(TIMEOUT);
      }
    }
  }

  private static void endSoon(Socket socket) {
    long after = socket.handshake().auth().path("after").asLong();
    Executor later = CompletableFuture.delayedExecutor(after, MILLISECONDS);
    later.execute(
        () -> {
          socket.emit("last");
          socket.disconnect(true);
        });
  }
}
