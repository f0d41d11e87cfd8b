package io.starling.emitter.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code disconnect}: disconnects clients. */
@Command(name = "disconnect", description = "Disconnects clients.", mixinStandardHelpOptions = true)
final class DisconnectCommand implements Callable<Integer> {
  private final RootCommand root;

  @Mixin private Target target = new Target();

  @Option(names = "--close", description = "From all namespaces, and close the connection.")
  private boolean close;

  DisconnectCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    return root.perform(emitter -> target.of(emitter).disconnectSockets(close));
  }
}
