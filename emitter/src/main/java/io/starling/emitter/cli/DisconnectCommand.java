package io.starling.emitter.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code disconnect}: disconnects clients. */
@Command(
    name = "disconnect",
    mixinStandardHelpOptions = true,
    description =
        "Disconnects clients from the namespace: all of them, or those that you select by --room."
            + " They first get what was sent to them before.",
    footer = {
      "  emitter disconnect --room 5X1oQ2rPZkIiN1Y8AAAB --close",
      "  emitter disconnect --namespace /chat --except admins"
    })
final class DisconnectCommand implements Callable<Integer> {
  private final RootCommand root;

  @Mixin private Target target = new Target();

  @Option(
      names = "--close",
      description = "Close their connections, which ends all their namespaces.")
  private boolean close;

  DisconnectCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    return root.perform(emitter -> target.of(emitter).disconnectSockets(close));
  }
}
