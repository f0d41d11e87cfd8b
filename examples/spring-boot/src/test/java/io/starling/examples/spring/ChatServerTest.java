package io.starling.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Socket;
import io.starling.socketio.SocketIoServer;
import java.net.ConnectException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

final class ChatServerTest {
  @Test
  void clientsReachTheBeansUntilTheContextCloses() throws Exception {
    int port;
    try (ConfigurableApplicationContext context =
        SpringApplication.run(ChatServer.class, "--starling.port=0")) {
      port = context.getBean(SocketIoServer.class).port();
      assertThat(greeting(port)).isEqualTo("Hello, Ann");
    }

    assertThatThrownBy(() -> new java.net.Socket("localhost", port).close())
        .isInstanceOf(ConnectException.class);
  }

  private static Object greeting(int port) throws Exception {
    CompletableFuture<Object> answer = new CompletableFuture<>();
    Socket client = IO.socket("http://localhost:" + port);
    try {
      client.connect();
      client.emit("greet", new Object[] {"Ann"}, (Ack) results -> answer.complete(results[0]));
      return answer.get(15, TimeUnit.SECONDS);
    } finally {
      client.disconnect();
    }
  }
}
