package io.starling.emitter.cli;

import io.starling.manager.HostResponses;
import io.starling.manager.RemoteSocket;
import io.starling.protocol.payload.Arguments;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.node.ObjectNode;

/** {@code fetch}: lists clients. */
@Command(
    name = "fetch",
    mixinStandardHelpOptions = true,
    description = {
      "Lists clients with their server, rooms and shared data: all of the namespace, or those that"
          + " you select.",
      "",
      "The room of a client's own id is left out. If a server does not answer in time, its clients"
          + " are missing in the list, stderr names the server, and the exit status is 1."
    },
    footer = {
      "  emitter fetch",
      "  emitter fetch --namespace /chat --room lobby",
      "  emitter fetch --json | jq -r .id"
    })
final class FetchCommand implements Callable<Integer> {
  private final RootCommand root;

  @Mixin private Target target = new Target();

  @Mixin private Replies replies = new Replies();

  FetchCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    HostResponses<List<RemoteSocket<Arguments>>> fetched =
        replies.ask(root, emitter -> target.of(emitter).timeout(replies.timeout()).fetchSockets());
    List<RemoteSocket<Arguments>> sockets =
        fetched.answers().values().stream().flatMap(List::stream).toList();
    if (replies.json()) {
      sockets.forEach(socket -> root.out().println(json(socket)));
    } else {
      List<List<String>> rows = new ArrayList<>();
      sockets.forEach(socket -> rows.add(row(socket)));
      Table.print(root.out(), List.of("CLIENT", "SERVER", "ROOMS", "DATA"), rows);
    }
    return Replies.status(root, fetched.answers().size(), fetched.missing());
  }

  private static List<String> row(RemoteSocket<Arguments> socket) {
    Arguments data = socket.data();
    return List.of(
        socket.id().value(),
        socket.host().value(),
        String.join(",", rooms(socket)),
        data == null ? "" : data.node(0).toString());
  }

  private static ObjectNode json(RemoteSocket<Arguments> socket) {
    ObjectNode line = JsonText.MAPPER.createObjectNode();
    line.put("id", socket.id().value()).put("host", socket.host().value());
    rooms(socket).forEach(line.putArray("rooms")::add);
    Arguments data = socket.data();
    return line.set("data", data == null ? null : data.node(0));
  }

  private static Set<String> rooms(RemoteSocket<?> socket) {
    Set<String> rooms = new TreeSet<>(socket.rooms());
    rooms.remove(socket.id().value());
    return rooms;
  }
}
