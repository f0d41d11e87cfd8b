package io.starling.examples.guide;

import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;
import java.util.concurrent.CountDownLatch;

/** A chat with rooms, on as many processes as are started. */
public final class ChatServer {
  private ChatServer() {}

  /** What a message looks like. */
  public record Message(String room, String text) {}

  /** Runs until it is killed. */
  public static void main(String[] args) throws InterruptedException {
    SocketIoServer server =
        SocketIoServer.create(
            SocketIoServerConfig.builder().port(3000).manager("redis://localhost:6379").build());
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
    new CountDownLatch(1).await();
  }
}
