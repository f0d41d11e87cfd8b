package io.starling.emitter.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code join}: puts clients into rooms. */
@Command(name = "join", description = "Puts clients into rooms.", mixinStandardHelpOptions = true)
final class JoinCommand implements Callable<Integer> {
  private final RootCommand root;

  @Mixin private Target target = new Target();

  @Parameters(paramLabel = "ROOM", arity = "1..*", description = "The rooms.")
  private String[] rooms = {};

  JoinCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    return root.perform(emitter -> target.of(emitter).socketsJoin(rooms));
  }
}
