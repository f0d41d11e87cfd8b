package io.starling.emitter.cli;

import io.starling.emitter.Emitter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code emit}: sends one event, or one for each line of the standard input. */
@Command(
    name = "emit",
    description = "Sends an event.",
    mixinStandardHelpOptions = true,
    footer = "Example: emit --room news price '{\"eur\": 4.2}'")
final class EmitCommand implements Callable<Integer> {
  private final RootCommand root;

  @Mixin private Target target = new Target();

  @Option(
      names = "--stdin",
      description =
          "Send once per line of the standard input, which holds a JSON array of arguments;"
              + " a single \"-\" as argument says the same.")
  private boolean stdin;

  @Parameters(paramLabel = "EVENT", description = "Its name.")
  private String event = "";

  @Parameters(index = "1..*", paramLabel = "JSON", description = "Its arguments.")
  private List<String> arguments = new ArrayList<>();

  EmitCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() {
    if (stdin || arguments.equals(List.of("-"))) {
      try (Emitter emitter = root.emitter()) {
        return new LineStream(target.of(emitter), event, root.err())
            .send(System.in, emitter::whenWritable);
      }
    }
    Object[] parsed = JsonArguments.arguments(arguments);
    return root.perform(emitter -> target.of(emitter).emit(event, parsed));
  }
}
