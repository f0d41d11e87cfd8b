package io.starling.emitter.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;

/** {@code completion}: prints a script for the shell. */
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    description = {
      "Prints a script with which bash and zsh complete the commands and options of \"emitter\".",
      "",
      "The shell must know the program by that name, for example by a script \"emitter\" in a folder"
          + " of the PATH with the line: exec java -jar /opt/emitter.jar \"$$@\""
    },
    footer = {
      "  source <(emitter completion)",
      "  emitter completion >/etc/bash_completion.d/emitter"
    })
final class CompletionCommand implements Runnable {
  private final RootCommand root;

  CompletionCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public void run() {
    root.out().print(AutoComplete.bash("emitter", root.command()));
    root.out().flush();
  }
}
