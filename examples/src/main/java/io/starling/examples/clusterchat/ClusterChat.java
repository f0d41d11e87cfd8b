package io.starling.examples.clusterchat;

import io.starling.socketio.ConnectRefusedException;
import io.starling.socketio.Namespace;
import io.starling.socketio.Socket;
import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A chat on any number of servers; to start one: {@code ClusterChat 3000 redis://localhost}. */
public final class ClusterChat {
  private static final Map<String, String> USERS = Map.of("t-ann", "ann", "t-bob", "bob");

  public record Draft(String room, String text) {}

  public record Message(String room, String from, String text) {}

  public static SocketIoServer server(int port, String manager) {
    SocketIoServer server =
        SocketIoServer.create(SocketIoServerConfig.builder().port(port).manager(manager).build());
    Namespace chat = server.of("/chat");
    chat.use(ClusterChat::authenticate)
        .onConnect(socket -> socket.join("room:lobby"))
        .on("join", String.class, (socket, room, ack) -> socket.join("room:" + room))
        .on("leave", String.class, (socket, room, ack) -> socket.leave("room:" + room))
        .on(
            "message",
            Draft.class,
            (socket, draft, ack) -> {
              if (!socket.rooms().contains("room:" + draft.room())) {
                ack.send("not in " + draft.room());
                return;
              }
              chat.to("room:" + draft.room())
                  .emit("message", new Message(draft.room(), name(socket), draft.text()));
              ack.send("ok");
            })
        .onDisconnect((socket, reason) -> chat.emit("left", name(socket)));
    return server;
  }

  private static void authenticate(Socket socket) {
    String token = socket.handshake().auth("token");
    if (token == null || !USERS.containsKey(token)) {
      throw new ConnectRefusedException("who are you?", Map.of("expected", "auth: { token }"));
    }
    socket.session().put("name", USERS.get(token));
  }

  private static String name(Socket socket) {
    return String.valueOf(socket.session().get("name", String.class));
  }

  public static void main(String[] args) throws InterruptedException {
    server(Integer.parseInt(args[0]), args[1]).start();
    new CountDownLatch(1).await();
  }
}
