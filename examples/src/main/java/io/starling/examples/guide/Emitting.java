package io.starling.examples.guide;

import io.starling.manager.BroadcastOperator;
import io.starling.manager.HostId;
import io.starling.socketio.Namespace;
import io.starling.socketio.SocketIoServer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Guide: emitting from anywhere. */
public final class Emitting {
  private final SocketIoServer server;
  private final BroadcastOperator traders;

  /** A service of the application that has the server as a field. */
  public Emitting(SocketIoServer server) {
    this.server = server;
    this.traders = server.to("traders");
  }

  /** Emits to a room. Any thread may call this method. */
  public void price(String share, double euros) {
    traders.emit("price", Map.of("share", share, "euros", euros));
    traders.asVolatile().emit("tick", share, euros); // not for who cannot take it at once
    server.of("/admin").emit("traded", share);
  }

  /** Asks all members of a room and counts one kind of answer. */
  public CompletionStage<Long> vote() {
    return traders
        .timeout(Duration.ofSeconds(5))
        .emitWithAck("sell?")
        .thenApply(
            acks ->
                acks.answers().values().stream()
                    .filter(answer -> answer.node(0).asBoolean(false))
                    .count());
  }

  /** Emits an event, and disconnects its recipients when the broker has accepted it. */
  public CompletionStage<Void> close() {
    return traders
        .emit("closed")
        .thenCompose(accepted -> traders.disconnectSockets(false))
        .thenAccept(accepted -> {});
  }

  /** Handles an event that the servers on other hosts send. */
  public static void servers(Namespace namespace, HostId me, Map<String, String> cache) {
    namespace.onServerEvent(
        "forget",
        (arguments, reply) -> {
          cache.remove(arguments.node(0).asString());
          reply.send(me.value());
        });
  }
}
