package io.starling.examples.guide;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Socket;
import io.starling.socketio.SocketIoServer;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Guide: testing your application. */
final class FirstServerTest {
  @Test
  void aClientIsGreeted() throws Exception {
    try (SocketIoServer server = FirstServer.start(0)) {
      CompletableFuture<Object> answer = new CompletableFuture<>();
      Socket client = IO.socket("http://localhost:" + server.port());
      client.connect();
      client.emit("hello", new Object[] {"Ann"}, (Ack) results -> answer.complete(results[0]));

      assertThat(answer.get(15, SECONDS)).isEqualTo("Hello, Ann");
      client.disconnect();
    }
  }
}
