package io.starling.emitter.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The command-line program of the emitter. Its exit status is 0 when the broker took every
 * operation; brokers that count receivers must also have passed each operation to at least one
 * server. The status is 1 when the broker refused an operation or no server received it, and 2 when
 * the command line or an argument is invalid.
 */
public final class EmitterCli {
  /** The character that Java puts in place of bytes that it cannot decode. */
  private static final char UNREADABLE = '\ufffd';

  private EmitterCli() {}

  /** Runs one command, then ends the process with the exit status of that command. */
  public static void main(String[] arguments) {
    System.exit(commandLine(System.getenv()).execute(arguments));
  }

  /** The program with all its commands. */
  static CommandLine commandLine(Map<String, String> environment) {
    RootCommand root = new RootCommand(environment);
    CommandLine program =
        new CommandLine(root)
            .addSubcommand(new EmitCommand(root))
            .addSubcommand(
                new CommandLine(new BatchCommand(root)).setCaseInsensitiveEnumValuesAllowed(true))
            .addSubcommand(new SendCommand(root))
            .addSubcommand(new JoinCommand(root))
            .addSubcommand(new LeaveCommand(root))
            .addSubcommand(new CloseRoomCommand(root))
            .addSubcommand(new DisconnectCommand(root))
            .addSubcommand(new CountCommand(root))
            .addSubcommand(new FetchCommand(root))
            .addSubcommand(new HostsCommand(root))
            .addSubcommand(new WatchCommand(root))
            .addSubcommand(new CompletionCommand(root))
            .addSubcommand(new ManCommand(root));
    program.getSubcommands().values().forEach(EmitterCli::describe);
    return program
        .setExpandAtFiles(false)
        .setUsageHelpAutoWidth(true)
        .setExecutionStrategy(
            parsed -> {
              checkReadable(parsed);
              return new CommandLine.RunLast().execute(parsed);
            })
        .setParameterExceptionHandler((fault, given) -> complain(fault.getCommandLine(), fault, 2))
        .setExecutionExceptionHandler(
            (fault, command, given) ->
                complain(command, fault, fault instanceof IllegalArgumentException ? 2 : 1));
  }

  /** Gives the help of all commands the same form. */
  private static void describe(CommandLine command) {
    command.getCommandSpec().versionProvider(new Version());
    command
        .getCommandSpec()
        .usageMessage()
        .sortOptions(false)
        .parameterListHeading("%n")
        .optionListHeading("%nOptions:%n")
        .footerHeading("%nExamples:%n");
  }

  /**
   * Refuses arguments that Java could not decode. Java decodes arguments with the encoding of the
   * locale. In the locales C and POSIX every character outside ASCII is lost before this program
   * starts. The message gives the position of an argument and not its text, because the text may
   * hold a password.
   */
  private static void checkReadable(ParseResult parsed) {
    List<String> arguments = parsed.originalArgs();
    for (int i = 0; i < arguments.size(); i++) {
      if (arguments.get(i).indexOf(UNREADABLE) >= 0) {
        throw new ParameterException(
            parsed.commandSpec().commandLine(),
            "word "
                + (i + 1)
                + " of the command line: unreadable characters (expected: text in the encoding of"
                + " the locale, which is "
                + System.getProperty("sun.jnu.encoding")
                + "; set LC_ALL=C.UTF-8, or give arguments as files: @FILE)");
      }
    }
  }

  private static int complain(CommandLine command, Throwable fault, int status) {
    command.getErr().println(Complaint.of(fault));
    command.getErr().flush();
    return status;
  }
}
