package io.starling.examples.guide;

import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;

/** A chat with rooms, on any number of processes. */
public final class ChatServer {
  private ChatServer() {}

  /** A message as the clients send and receive it. */
  public record Message(String room, String text) {}

  /** Starts one server of the chat. */
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
