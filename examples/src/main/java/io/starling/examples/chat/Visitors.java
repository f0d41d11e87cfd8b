package io.starling.examples.chat;

import io.starling.manager.AckResponses;
import io.starling.protocol.payload.Arguments;
import io.starling.socketio.Ack;
import io.starling.socketio.ConnectRefusedException;
import io.starling.socketio.Socket;
import io.starling.socketio.SocketIoServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Welcomes visitors, tells the others when one leaves, and finds out who is in the chat on all
 * servers.
 */
final class Visitors {
  private static final Duration ROLL_CALL_TIMEOUT = Duration.ofSeconds(3);

  private final SocketIoServer server;
  private final Rooms rooms;

  Visitors(SocketIoServer server, Rooms rooms) {
    this.server = server;
    this.rooms = rooms;
  }

  /**
   * Welcomes a client. One that only listens gets the events of the emitter, but does not join the
   * lobby, so it takes no part in the conversation.
   */
  void welcome(Socket socket) {
    Host host = new Host(server.hostId().value(), server.port());
    Visitor visitor = new Visitor(socket.id().value(), name(socket), host);
    visitor.attachTo(socket);
    socket.emit("welcome", new Welcome(visitor.socket(), visitor.name(), host, Limits.OURS));
    if (!socket.handshake().auth().path("listenOnly").asBoolean(false)) {
      rooms.join(socket, Rooms.LOBBY);
    }
  }

  private static String name(Socket socket) {
    String wanted = socket.handshake().auth("name");
    if (wanted == null) {
      return "Guest " + (1000 + Math.floorMod(socket.id().value().hashCode(), 9000));
    }
    try {
      return Names.PERSON.check(wanted);
    } catch (IllegalArgumentException refused) {
      throw new ConnectRefusedException(String.valueOf(refused.getMessage()));
    }
  }

  void farewell(Socket socket) {
    if (Rooms.has(socket, Rooms.LOBBY)) {
      rooms.tell(socket, "left", Rooms.LOBBY);
    }
  }

  /**
   * Asks all other clients on all servers at the same time. A client that does not answer in time
   * counts as absent.
   */
  void callTheRoll(Socket socket, Ack ack) {
    socket
        .to(Rooms.key(Rooms.LOBBY))
        .timeout(ROLL_CALL_TIMEOUT)
        .emitWithAck("roll call")
        .exceptionally(brokerDown -> new AckResponses<>(Map.of(), Map.of()))
        .thenAccept(responses -> Reply.to(ack, () -> present(responses)));
  }

  /**
   * The visitors that have answered in the right form. An answer is a claim of its client and is
   * not verified.
   */
  static List<Visitor> present(AckResponses<Arguments> responses) {
    return responses.answers().entrySet().stream()
        .flatMap(answer -> visitor(answer.getKey().value(), answer.getValue()).stream())
        .toList();
  }

  private static Optional<Visitor> visitor(String socket, Arguments answer) {
    try {
      Claim claim = answer.get(0, Claim.class);
      return claim == null || claim.host == null
          ? Optional.empty()
          : Optional.of(new Visitor(socket, Names.PERSON.check(claim.name), claim.host));
    } catch (IllegalArgumentException nonsense) {
      return Optional.empty();
    }
  }

  private record Claim(@Nullable String name, @Nullable Host host) {}

  private record Welcome(String socket, String name, Host host, Limits limits) {}

  private record Limits(int imageBytes) {
    static final Limits OURS = new Limits(Draft.MOST_IMAGE_BYTES);
  }
}
