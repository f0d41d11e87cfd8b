package io.starling.emitter.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code close-room}: empties a room. */
@Command(
    name = "close-room",
    mixinStandardHelpOptions = true,
    description = "Takes all its members out of a room. They stay connected.",
    footer = {"  emitter close-room game-7", "  emitter close-room --namespace /chat lobby"})
final class CloseRoomCommand implements Callable<Integer> {
  private final RootCommand root;

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      defaultValue = "/",
      description = "The namespace of the room; default: ${DEFAULT-VALUE}")
  private String namespace = "/";

  @Parameters(paramLabel = "ROOM", description = "The room.")
  private String room = "";

  CloseRoomCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    return root.perform(emitter -> emitter.closeRoom(namespace, room));
  }
}
