package io.starling.examples.guide;

import io.starling.socketio.AckArguments;
import io.starling.socketio.Namespace;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Guide: events and acks. */
public final class Events {
  private Events() {}

  /** An order as the client sends it. */
  public record Order(String article, int count) {}

  /** Handlers for all arguments, and for a first argument of a given type. */
  public static void events(Namespace shop) {
    shop.on("order", Order.class, (socket, order, ack) -> ack.send("ok", order.count()));
    shop.on(
        "move",
        (socket, arguments, ack) ->
            socket.emit("moved", arguments.node(0).asInt(), arguments.node(1).asInt()));
    shop.on(
        "upload",
        byte[].class,
        (socket, bytes, ack) -> {
          socket.emit("stored", bytes.length, bytes);
          ack.send();
        });
  }

  /** Handlers that return the ack. */
  public static void answers(Namespace shop) {
    shop.answer("price", String.class, (socket, article) -> article.length() * 1.5);
    shop.answer("stock", String.class, (socket, article) -> AckArguments.of(article, 7));
    shop.answer("delivery", String.class, (socket, article) -> lookUp(article));
  }

  private static CompletionStage<String> lookUp(String article) {
    return CompletableFuture.supplyAsync(() -> "tomorrow: " + article);
  }

  /** The server asks a client: by a stage, and by a call that blocks. */
  public static void questions(Namespace shop) {
    shop.on(
        "check out",
        (socket, arguments, ack) ->
            socket
                .timeout(Duration.ofSeconds(5))
                .emitWithAck("confirm", "Pay now?")
                .whenComplete(
                    (answer, failure) ->
                        ack.send(failure == null && answer.node(0).asBoolean(false))));
    shop.on(
        "rename",
        (socket, arguments, ack) -> {
          String name = socket.timeout(Duration.ofSeconds(5)).call("new name").node(0).asString();
          ack.send("Hello, " + name);
        });
  }

  /** A handler for all events that have no other, and one for sockets that leave. */
  public static void others(Namespace shop) {
    shop.onOther((socket, event, ack) -> ack.send("no such event: " + event.name()));
    shop.onDisconnect((socket, reason) -> shop.emit("left", socket.id().value(), reason.text()));
  }
}
