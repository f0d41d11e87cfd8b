package io.starling.emitter.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code send}: sends one event of the name {@code message}. */
@Command(
    name = "send",
    mixinStandardHelpOptions = true,
    description = "Sends an event of the name \"message\"; otherwise the same as emit.",
    footer = {
      "  emitter send --text \"Good morning\"",
      "  emitter send --room lobby '{\"from\": \"Ann\"}'"
    })
final class SendCommand implements Callable<Integer> {
  private final RootCommand root;

  @Mixin private Target target = new Target();

  @Mixin private EventArguments arguments = new EventArguments();

  SendCommand(RootCommand root) {
    this.root = root;
  }

  @Parameters(index = "0..*", paramLabel = "ARGUMENT", description = EmitCommand.ARGUMENT)
  void arguments(@Nullable List<String> all) {
    arguments.others(all);
  }

  @Override
  public Integer call() {
    Object[] values = arguments.values(System.in);
    return root.perform(emitter -> target.of(emitter).send(values));
  }
}
