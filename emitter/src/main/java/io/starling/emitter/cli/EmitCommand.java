package io.starling.emitter.cli;

import io.starling.emitter.Emitter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code emit}: sends one event. */
@Command(
    name = "emit",
    mixinStandardHelpOptions = true,
    description =
        "Sends an event to clients: to all of the namespace, or to those that you select.",
    footer = {
      "  emitter emit refresh",
      "  emitter emit --room news price '{\"eur\": 4.2}' 17 null",
      "  emitter emit --room news --except muted chat --text \"It's late\"",
      "  emitter emit image --text cat.png @cat.png",
      "  tar c logs | emitter emit --room admin backup @-",
      "  emitter emit settings \"$(cat settings.json)\""
    })
final class EmitCommand implements Callable<Integer> {
  static final String ARGUMENT =
      "An argument of the event: a JSON value; or @FILE for the bytes of a file as a binary value,"
          + " @- for those of the standard input. For a string, --text is easier.";

  private final RootCommand root;

  @Mixin private Target target = new Target();

  @Mixin private EventArguments arguments = new EventArguments();

  @Option(
      names = "--stdin",
      description =
          "Send the event once for each line of the standard input, which is a JSON array of"
              + " arguments.")
  private boolean stdin;

  @Parameters(index = "0", paramLabel = "EVENT", description = "The name of the event.")
  private String event = "";

  EmitCommand(RootCommand root) {
    this.root = root;
  }

  @Parameters(index = "1..*", paramLabel = "ARGUMENT", description = ARGUMENT)
  void arguments(@Nullable List<String> all) {
    arguments.others(all);
  }

  @Override
  public Integer call() {
    if (stdin) {
      try (Emitter emitter = root.emitter()) {
        return new LineStream(target.of(emitter), event, root.err())
            .send(System.in, emitter::whenWritable);
      }
    }
    Object[] values = arguments.values(System.in);
    return root.perform(emitter -> target.of(emitter).emit(event, values));
  }
}
