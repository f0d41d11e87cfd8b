package io.starling.examples.presence;

import io.starling.manager.HostResponses;
import io.starling.manager.RemoteSocket;
import io.starling.protocol.payload.Arguments;
import io.starling.socketio.ConnectRefusedException;
import io.starling.socketio.Namespace;
import io.starling.socketio.Socket;
import io.starling.socketio.SocketIoApplication;
import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;

/**
 * Rooms whose members see each other come and go, and can ask who is there. This works across all
 * servers, since the names of the members are in {@link Socket#data}, which other servers can read.
 */
public final class Presence implements SocketIoApplication {
  // The id of every socket is a room, too. The prefix keeps clients from joining such a room.
  private static final String ROOM = "room:";

  @Override
  public void configure(SocketIoServer server) {
    Namespace presence = server.of("/presence");
    presence
        .onConnect(Presence::introduce)
        .on("join", String.class, (socket, room, ack) -> join(socket, room))
        .on("leave", String.class, (socket, room, ack) -> leave(socket, room))
        .on(
            "who",
            String.class,
            (socket, room, ack) ->
                presence
                    .to(ROOM + room)
                    .fetchSockets()
                    .thenAccept(hosts -> ack.send(names(hosts), hosts.complete())))
        .onDisconnecting(
            (socket, reason) ->
                socket.rooms().stream()
                    .filter(room -> room.startsWith(ROOM))
                    .forEach(room -> tell(socket, room, "left")));
  }

  private static void introduce(Socket socket) {
    String name = socket.handshake().auth("name");
    if (name == null) {
      throw new ConnectRefusedException("name: none (expected: auth: { name })");
    }
    socket.data("name", name);
  }

  private static void join(Socket socket, String room) {
    socket.join(ROOM + room);
    tell(socket, ROOM + room, "joined");
  }

  private static void leave(Socket socket, String room) {
    socket.leave(ROOM + room);
    tell(socket, ROOM + room, "left");
  }

  private static void tell(Socket socket, String room, String what) {
    socket.to(room).emit(what, room.substring(ROOM.length()), socket.data().get("name"));
  }

  private static List<String> names(HostResponses<List<RemoteSocket<Arguments>>> hosts) {
    return hosts.answers().values().stream()
        .flatMap(List::stream)
        .map(socket -> Objects.requireNonNull(socket.data()).get(0, Map.class))
        .map(data -> String.valueOf(Objects.requireNonNull(data).get("name")))
        .sorted()
        .toList();
  }

  /** Runs until the process is killed. */
  public static void main(String[] args) throws InterruptedException {
    SocketIoServer server =
        SocketIoServer.create(
            SocketIoServerConfig.builder().manager("redis://localhost:6379").build());
    new Presence().configure(server);
    server.start();
    new CountDownLatch(1).await();
  }
}
