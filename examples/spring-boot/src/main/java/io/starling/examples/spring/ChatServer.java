package io.starling.examples.spring;

import io.starling.socketio.SocketIoApplication;
import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/**
 * The application. Spring creates the Socket.IO server, starts it, and closes it together with its
 * context.
 */
@SpringBootApplication(proxyBeanMethods = false)
public class ChatServer {
  /** A server with the handlers of all beans that are a {@link SocketIoApplication}. */
  @Bean(initMethod = "start", destroyMethod = "close")
  SocketIoServer socketIoServer(
      @Value("${starling.port}") int port,
      @Value("${starling.manager}") String manager,
      List<SocketIoApplication> handlers) {
    SocketIoServer server =
        SocketIoServer.create(SocketIoServerConfig.builder().port(port).manager(manager).build());
    handlers.forEach(bean -> bean.configure(server));
    return server;
  }

  /** Runs until the process is killed. */
  public static void main(String[] args) {
    SpringApplication.run(ChatServer.class, args);
  }
}
