package io.starling.examples.guide;

import io.starling.socketio.Namespace;
import io.starling.socketio.SocketIoServer;
import java.util.regex.Pattern;

/** Guide: rooms, and namespaces. */
public final class Rooms {
  private Rooms() {}

  /** Joins and leaves rooms, and emits to their members. */
  public static void rooms(Namespace news) {
    news.onConnect(socket -> socket.join("all"))
        .on("follow", String.class, (socket, topic, ack) -> socket.join("topic:" + topic))
        .on("unfollow", String.class, (socket, topic, ack) -> socket.leave("topic:" + topic))
        .on(
            "publish",
            String.class,
            (socket, text, ack) -> {
              socket.to("topic:java").emit("article", text); // all members but the sender
              news.to("topic:java", "topic:jvm").emit("headline", text); // of both, each once
              news.except("topic:java").emit("hint", "java"); // everybody else
            });
  }

  /** Removes members from a room. */
  public static void close(Namespace news) {
    news.to("topic:java").socketsLeave("topic:java"); // or, for a whole room:
    news.closeRoom("topic:java");
  }

  /** Two namespaces, which a client can use over one connection. */
  public static void namespaces(SocketIoServer server) {
    server.of("/news").on("hello", (socket, arguments, ack) -> ack.send("the news"));
    server.of("/chat").on("hello", (socket, arguments, ack) -> ack.send("the chat"));
  }

  /** A namespace for each game, which the server makes when its first player connects. */
  public static void games(SocketIoServer server) {
    server
        .of(Pattern.compile("/game-\\d+"))
        .on("roll", (socket, arguments, ack) -> socket.namespace().emit("rolled", 4));
  }
}
