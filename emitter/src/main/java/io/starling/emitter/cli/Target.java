package io.starling.emitter.cli;

import io.starling.emitter.Emitter;
import io.starling.manager.BroadcastOperator;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The command-line options that select the clients that a command addresses. */
final class Target {
  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      defaultValue = "/",
      description = "The namespace of the clients; default: ${DEFAULT-VALUE}")
  private String namespace = "/";

  @Option(
      names = "--room",
      paramLabel = "ROOM",
      description =
          "Only the members of this room, or the client of this id. Repeated: the members of any.")
  private List<String> rooms = new ArrayList<>();

  @Option(
      names = "--except",
      paramLabel = "ROOM",
      description = "Not the members of this room, nor the client of this id. Repeatable.")
  private List<String> except = new ArrayList<>();

  BroadcastOperator of(Emitter emitter) {
    BroadcastOperator everybody = emitter.of(namespace).except(except);
    return rooms.isEmpty() ? everybody : everybody.to(rooms);
  }
}
