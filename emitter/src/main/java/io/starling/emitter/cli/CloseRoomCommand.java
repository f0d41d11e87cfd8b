package io.starling.emitter.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code close-room}: empties a room. */
@Command(
    name = "close-room",
    description = "Takes all its members out of a room.",
    mixinStandardHelpOptions = true)
final class CloseRoomCommand implements Callable<Integer> {
  private final RootCommand root;

  @Option(names = "--namespace", defaultValue = "/", description = "Its namespace.")
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
