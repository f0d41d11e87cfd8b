package io.starling.emitter.cli;

import picocli.CommandLine.Command;

/** {@code man}: prints the manual page. */
@Command(
    name = "man",
    mixinStandardHelpOptions = true,
    description = "Prints the manual page of the program, in the format of man(7).",
    footer = {"  emitter man | man -l -", "  emitter man >/usr/local/share/man/man1/emitter.1"})
final class ManCommand implements Runnable {
  private final RootCommand root;

  ManCommand(RootCommand root) {
    this.root = root;
  }

  @Override
  public void run() {
    root.out().print(ManPage.of(root.command()));
    root.out().flush();
  }
}
