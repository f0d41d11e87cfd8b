package io.starling.examples.acks;

import io.starling.socketio.SocketIoApplication;
import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * Shows acks in all directions. Clients ask the server ({@code add}); the server asks one client
 * ({@code check}), or all clients of all servers ({@code poll}).
 */
public final class Acks implements SocketIoApplication {
  /** The argument of the event {@code add}. */
  public record Sum(int a, int b) {}

  @Override
  public void configure(SocketIoServer server) {
    server
        .root()
        .on("add", Sum.class, (socket, sum, ack) -> ack.send(sum.a() + sum.b()))
        .on(
            "check",
            (socket, arguments, ack) ->
                socket
                    .timeout(Duration.ofSeconds(5))
                    .emitWithAck("are you there")
                    .whenComplete(
                        (answer, failure) ->
                            ack.send(failure == null ? answer.get(0) : "no answer")))
        .on(
            "poll",
            String.class,
            (socket, question, ack) ->
                socket
                    .broadcast()
                    .timeout(Duration.ofSeconds(5))
                    .emitWithAck("question", question)
                    .thenAccept(answers -> ack.send(answers.answers().size(), answers.complete())));
  }

  /** Runs until the process is killed. */
  public static void main(String[] args) throws InterruptedException {
    SocketIoServer server = SocketIoServer.create(SocketIoServerConfig.builder().build());
    new Acks().configure(server);
    server.start();
    new CountDownLatch(1).await();
  }
}
