package io.starling.examples.guide;

import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;

/** A chat with rooms, on as many processes as are started. */
public final class ChatServer {
  private ChatServer() {}

  /** What a message looks like. */
  public record Message(String room, String text) {}

  /** Starts one of its servers. */
  public static SocketIoServer start(int port, String manager) {
    SocketIoServer server =
        SocketIoServer.create(SocketIoServerConfig.builder().port(port).manager(manager).build());
    server
        .root()
        .onConnect(socket -> socket.join("lobby"))
        .on("join", String.class, (socket, room, ack) -> socket.join(room))
        .on(
            "message",
            Message.class,
            (socket, message, ack) -> {
              socket.to(message.room()).emit("message", message);
              ack.send("ok");
            });
    server.start();
    return server;
  }
}
