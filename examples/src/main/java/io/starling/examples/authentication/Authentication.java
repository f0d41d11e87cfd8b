package io.starling.examples.authentication;

import io.starling.examples.authentication.Tokens.User;
import io.starling.socketio.ConnectRefusedException;
import io.starling.socketio.Socket;
import io.starling.socketio.SocketIoApplication;
import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;

/**
 * Clients send {@code auth: { token }} when they connect. A middleware finds the user of the token
 * or refuses the client. A further middleware of {@code /admin} lets only administrators in. A
 * refused client finds the reason in {@code error.message} and {@code error.data}.
 */
public final class Authentication implements SocketIoApplication {
  private static final String USER = "user";

  private final Tokens tokens = new Tokens();

  @Override
  public void configure(SocketIoServer server) {
    server
        .root()
        .use(this::authenticate)
        .on("whoami", (socket, arguments, ack) -> ack.send(user(socket).name()));
    server
        .of("/admin")
        .use(this::authenticate)
        .use(Authentication::requireAdmin)
        .on("stop", (socket, arguments, ack) -> ack.send("stopped by " + user(socket).name()));
  }

  private void authenticate(Socket socket) {
    String token = socket.handshake().auth("token");
    if (token == null) {
      throw refused("no token", "login");
    }
    User user = tokens.find(token).orElseThrow(() -> refused("unknown token", "login"));
    if (user.expires().isBefore(Instant.now())) {
      throw refused("token expired", "refresh");
    }
    socket.session().put(USER, user);
  }

  private static void requireAdmin(Socket socket) {
    if (!user(socket).admin()) {
      throw refused("admins only", "none");
    }
  }

  private static User user(Socket socket) {
    return Objects.requireNonNull(socket.session().get(USER, User.class));
  }

  private static ConnectRefusedException refused(String message, String remedy) {
    return new ConnectRefusedException(message, Map.of("remedy", remedy));
  }

  /** Runs until the process is killed. */
  public static void main(String[] args) throws InterruptedException {
    SocketIoServer server = SocketIoServer.create(SocketIoServerConfig.builder().build());
    new Authentication().configure(server);
    server.start();
    new CountDownLatch(1).await();
  }
}
