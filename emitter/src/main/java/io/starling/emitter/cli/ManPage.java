package io.starling.emitter.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Writes the manual page of a program from the same descriptions as its {@code --help}. */
final class ManPage {
  private final StringBuilder page = new StringBuilder();

  private ManPage() {}

  /** The manual page of a program and its commands, in the macros of man(7). */
  static String of(CommandLine program) {
    ManPage page = new ManPage();
    page.program(program.getCommandSpec());
    return page.page.toString();
  }

  private void program(CommandSpec program) {
    String name = program.name();
    UsageMessageSpec usage = program.usageMessage();
    request("TH", quoted(name.toUpperCase(Locale.ROOT)), "1");
    request("SH", "NAME");
    text(name + " \\- emit to the clients of a Starling cluster");
    request("SH", "SYNOPSIS");
    synopsis(name, program, " COMMAND");
    request("SH", "DESCRIPTION");
    paragraphs(usage.description());
    request("SH", "OPTIONS");
    text(escaped("These options stand before or after the name of a command."));
    program.options().forEach(this::option);
    request("SH", "COMMANDS");
    for (CommandLine command : program.subcommands().values()) {
      if (!command.getCommandSpec().usageMessage().hidden()) {
        command(name, command.getCommandSpec());
      }
    }
    request("SH", quoted("EXIT STATUS"));
    for (Map.Entry<String, String> status : usage.exitCodeList().entrySet()) {
      item("\\fB" + status.getKey() + "\\fR", new String[] {status.getValue()});
    }
    examples(usage);
  }

  private void command(String program, CommandSpec command) {
    request("SS", quoted(program + " " + command.name()));
    synopsis(program + " " + command.name(), command, "");
    request("PP");
    paragraphs(command.usageMessage().description());
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      item("\\fI" + escaped(parameter.paramLabel()) + "\\fR", parameter.description());
    }
    for (OptionSpec option : command.options()) {
      if (!option.inherited() && !option.usageHelp() && !option.versionHelp()) {
        option(option);
      }
    }
    examples(command.usageMessage());
  }

  private void synopsis(String name, CommandSpec command, String last) {
    List<String> words = new ArrayList<>();
    words.add("\\fB" + escaped(name) + "\\fR");
    words.add("[\\fIOPTIONS\\fR]" + (last.isEmpty() ? "" : " \\fI" + last.strip() + "\\fR"));
    for (PositionalParamSpec parameter : command.positionalParameters()) {
      String label = "\\fI" + escaped(parameter.paramLabel()) + "\\fR";
      String many = isMultiple(parameter) ? label + "..." : label;
      words.add(parameter.required() ? many : "[" + many + "]");
    }
    text(String.join(" ", words));
  }

  private static boolean isMultiple(ArgSpec parameter) {
    return parameter.arity().max() > 1 || parameter.type().equals(List.class);
  }

  private void option(OptionSpec option) {
    if (option.hidden()) {
      return;
    }
    String names =
        List.of(option.names()).stream()
            .map(name -> "\\fB" + escaped(name) + "\\fR")
            .collect(Collectors.joining(", "));
    boolean flag = option.arity().max() == 0;
    item(
        names + (flag ? "" : "=\\fI" + escaped(option.paramLabel()) + "\\fR"),
        option.description());
  }

  private void item(String label, String[] description) {
    request("TP");
    text(label);
    for (String line : description) {
      text(escaped(plain(line)));
    }
  }

  private void paragraphs(String[] lines) {
    for (String line : lines) {
      if (line.isEmpty()) {
        request("PP");
      } else {
        text(escaped(plain(line)));
      }
    }
  }

  private void examples(UsageMessageSpec usage) {
    request("PP");
    text("Examples:");
    request("PP");
    request("RS", "4");
    request("nf");
    for (String line : usage.footer()) {
      text(escaped(plain(line).strip()));
    }
    request("fi");
    request("RE");
  }

  /** Resolves what picocli resolves when it prints help: {@code %n}, {@code %%} and markup. */
  private static String plain(String text) {
    return Ansi.OFF.string(String.format(text));
  }

  private void request(String name, String... arguments) {
    page.append('.').append(name);
    for (String argument : arguments) {
      page.append(' ').append(argument);
    }
    page.append('\n');
  }

  private void text(String line) {
    page.append(line).append('\n');
  }

  private static String quoted(String text) {
    return '"' + escaped(text) + '"';
  }

  /** Text in which roff finds no commands: backslash, hyphen, and quote or dot at the start. */
  private static String escaped(String text) {
    String safe = text.replace("\\", "\\e").replace("-", "\\-").replace("~", "\\(ti");
    safe = safe.replace("'", "\\(aq").replace("`", "\\(ga").replace("^", "\\(ha");
    return safe.startsWith(".") ? "\\&" + safe : safe;
  }
}
