package io.starling.benchmarks;

import io.starling.protocol.payload.Arguments;
import io.starling.socketio.Ack;
import io.starling.socketio.Namespace;
import io.starling.socketio.ServerStartException;
import io.starling.socketio.Socket;
import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The server that the load generator measures, with default settings. It handles three events:
 *
 * <ul>
 *   <li>{@code echo(value, ack)} sends the value back as the ack.
 *   <li>{@code join(room, ack)} joins the room and sends the ack {@code "ok"}.
 *   <li>{@code bcast(room, payload)} emits {@code msg} with the payload to the room, or to all
 *       clients if the room is null.
 * </ul>
 */
@Command(name = "benchmarks/server", description = "Runs until it is killed.")
public final class BenchServer implements Callable<Integer> {
  @Option(names = "--port", required = true, description = "where it listens")
  private int port;

  @Option(names = "--manager", description = "the broker's URL; without it, one process alone")
  private @Nullable String manager;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new BenchServer()).execute(arguments));
  }

  @Override
  public Integer call() throws InterruptedException {
    SocketIoServerConfig.Builder config = SocketIoServerConfig.builder().port(port);
    if (manager != null) {
      config.manager(manager);
    }
    try (SocketIoServer server = SocketIoServer.create(config.build())) {
      handle(server);
      server.start();
      System.out.println("ready on port " + server.port());
      new CountDownLatch(1).await();
    } catch (ServerStartException | IllegalArgumentException e) {
      System.err.println(e.getMessage());
      return 1;
    }
    return 0;
  }

  private static void handle(SocketIoServer server) {
    Namespace all = server.root();
    all.on("echo", (socket, arguments, ack) -> ack.send(arguments.get(0)));
    all.on("join", (socket, arguments, ack) -> join(socket, arguments, ack));
    all.on("bcast", (socket, arguments, ack) -> broadcast(all, arguments));
  }

  private static void join(Socket socket, Arguments arguments, Ack ack) {
    socket.join(text(arguments));
    ack.send("ok");
  }

  private static void broadcast(Namespace all, Arguments arguments) {
    if (arguments.get(0) == null) {
      all.emit("msg", arguments.get(1));
    } else {
      all.to(text(arguments)).emit("msg", arguments.get(1));
    }
  }

  private static String text(Arguments arguments) {
    if (arguments.get(0) instanceof String room) {
      return room;
    }
    throw new IllegalArgumentException("room: " + arguments.get(0) + " (expected: a string)");
  }
}
