package io.starling.emitter.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code leave}: takes clients out of rooms. */
@Command(
    name = "leave",
    description = "Takes clients out of rooms.",
    mixinStandardHelpOptions = true)
final class LeaveCommand implements Callable<Integer> {
  private final RootCommand root;

  @Mixin private Target target = new Target();

  @Parameters(paramLabel = "ROOM", arity = "1..*", description = "The rooms.")
  private String[] rooms = {};

  LeaveCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    return root.perform(emitter -> target.of(emitter).socketsLeave(rooms));
  }
}
