package io.starling.emitter.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code leave}: takes clients out of rooms. */
@Command(
    name = "leave",
    mixinStandardHelpOptions = true,
    description =
        "Takes clients out of rooms: all of the namespace, or those that you select by --room.",
    footer = {
      "  emitter leave --room game-7 lobby",
      "  emitter leave --room 5X1oQ2rPZkIiN1Y8AAAB vip"
    })
final class LeaveCommand implements Callable<Integer> {
  private final RootCommand root;

  @Mixin private Target target = new Target();

  @Parameters(paramLabel = "ROOM", arity = "1..*", description = "A room that they leave.")
  private String[] rooms = {};

  LeaveCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    return root.perform(emitter -> target.of(emitter).socketsLeave(rooms));
  }
}
