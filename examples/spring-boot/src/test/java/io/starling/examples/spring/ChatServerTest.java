package io.starling.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Socket;
import io.starling.manager.BackendState;
import io.starling.socketio.SocketIoServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import redis.embedded.RedisServer;

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

  @Test
  void theServerJoinsACluster() throws Exception {
    RedisServer redis =
        RedisServer.builder().port(freePort()).bind("127.0.0.1").setting("save \"\"").build();
    redis.start();
    try (ConfigurableApplicationContext context =
        SpringApplication.run(
            ChatServer.class,
            "--starling.port=0",
            "--starling.manager=redis://127.0.0.1:" + redis.ports().get(0))) {
      SocketIoServer server = context.getBean(SocketIoServer.class);
      assertThat(server.managerState()).isEqualTo(BackendState.UP);
      assertThat(greeting(server.port())).isEqualTo("Hello, Ann");
    } finally {
      redis.stop();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
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
