package io.starling.integration.application;

import static java.util.Objects.requireNonNull;

import io.starling.manager.Accepted;
import io.starling.manager.AckResponses;
import io.starling.protocol.payload.Arguments;
import io.starling.socketio.Ack;
import io.starling.socketio.ConnectRefusedException;
import io.starling.socketio.Handshake;
import io.starling.socketio.Namespace;
import io.starling.socketio.SocketIoApplication;
import io.starling.socketio.SocketIoServer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** What the servers of the tests do: a client asks for an operation and hears when it is called. */
public final class TestApplication implements SocketIoApplication {
  @Override
  public void configure(SocketIoServer server) {
    Namespace root = server.root();
    echoes(root);
    emits(root);
    operations(root);
    server.of("/custom").on("auth", (socket, event, ack) -> ack.send(socket.handshake().auth()));
    server.of("/closed").onConnect(TestApplication::refuse);
    server
        .of("/guarded")
        .onConnect(
            socket -> {
              if (!"right".equals(socket.handshake().auth("token"))) {
                throw new ConnectRefusedException("not you", Map.of("code", 8));
              }
            });
    server
        .of("/greeting")
        .onConnect(socket -> socket.emit("welcome", socket.id().value()));
    root.on("handshake", (socket, event, ack) -> ack.send(handshake(socket)));
    root.on(
        "leave",
        (socket, event, ack) -> socket.disconnect(Boolean.TRUE.equals(event.get(0))));
  }

  private static Map<String, Object> handshake(io.starling.socketio.Socket socket) {
    Handshake handshake = socket.handshake();
    return Map.of(
        "id", socket.id().value(),
        "auth", handshake.auth(),
        "query", firsts(handshake.query()),
        "headers", firsts(handshake.headers()));
  }

  private static Map<String, String> firsts(Map<String, List<String>> fields) {
    return fields.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, field -> field.getValue().get(0)));
  }

  private static void refuse(io.starling.socketio.Socket socket) {
    throw new ConnectRefusedException("not you", Map.of("code", 7));
  }

  private static void echoes(Namespace root) {
    root.on("echo", (socket, event, ack) -> ack.send(event.toList().toArray()));
    root.on("echo-back", (socket, event, ack) -> socket.emit("echoed", event.toList().toArray()));
    root.on(
        "ask",
        (socket, event, ack) ->
            root.to(text(event, 0))
                .emitWithAck("question", event.get(1))
                .whenComplete((answers, failure) -> answer(ack, answers, failure)));
  }

  private static void answer(Ack ack, AckResponses<Arguments> answers, Throwable failure) {
    if (failure == null && answers.complete() && answers.answers().size() == 1) {
      ack.send(answers.answers().values().iterator().next().toList().toArray());
    } else {
      ack.send(
          "not answered by exactly one client", String.valueOf(answers), String.valueOf(failure));
    }
  }

  private static void emits(Namespace root) {
    root.on("broadcast", (s, event, ack) -> accepted(ack, root.emit("news", event.get(0))));
    root.on(
        "to", (s, event, ack) -> accepted(ack, root.to(text(event, 0)).emit("news", event.get(1))));
    root.on(
        "except",
        (s, event, ack) -> accepted(ack, root.except(text(event, 0)).emit("news", event.get(1))));
    root.on(
        "produce",
        (s, event, ack) -> {
          int count = requireNonNull(event.get(1, Integer.class));
          for (int number = 0; number < count; number++) {
            root.emit("stream", text(event, 0), number);
          }
          ack.send();
        });
  }

  private static void operations(Namespace root) {
    root.on(
        "join",
        (socket, event, ack) -> {
          socket.join(text(event, 0));
          ack.send();
        });
    root.on(
        "remote-join",
        (s, event, ack) -> accepted(ack, root.to(text(event, 0)).socketsJoin(text(event, 1))));
    root.on(
        "remote-leave",
        (s, event, ack) -> accepted(ack, root.to(text(event, 0)).socketsLeave(text(event, 1))));
    root.on(
        "remote-disconnect",
        (s, event, ack) -> accepted(ack, root.to(text(event, 0)).disconnectSockets(false)));
    root.on(
        "is-here",
        (s, event, ack) ->
            ack.send(root.sockets().stream().anyMatch(on -> on.id().value().equals(event.get(0)))));
    root.on("close-room", (s, event, ack) -> accepted(ack, root.closeRoom(text(event, 0))));
  }

  /** Answers when the broker has accepted the operation; an answer with words tells a failure. */
  private static void accepted(Ack ack, CompletionStage<Accepted> stage) {
    stage.whenComplete(
        (accepted, failure) ->
            ack.send(failure == null ? List.of().toArray() : new Object[] {failure.toString()}));
  }

  private static String text(Arguments event, int index) {
    return requireNonNull(event.get(index, String.class));
  }
}
