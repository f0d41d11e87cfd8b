package io.starling.emitter.cli;

import io.starling.manager.ManagerException;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The one line that tells people why a command failed. It holds no stack trace and no secret. */
final class Complaint {
  /** What stands before the host of a URL, and the values of parameters that are secrets. */
  private static final Pattern SECRETS =
      Pattern.compile("(?<=://)\\S*@|(?i)(?<=[?&](accept-)?(secret|password)=)[^&\\s']+");

  private Complaint() {}

  /** The line for a fault of a command. */
  static String of(Throwable fault) {
    Throwable told =
        fault instanceof CompletionException && fault.getCause() != null ? fault.getCause() : fault;
    String text;
    if (told instanceof ParameterException wrong) {
      text = text(wrong);
    } else if (told instanceof ManagerException || told instanceof IllegalArgumentException) {
      text = String.valueOf(told.getMessage());
    } else {
      text = told.toString();
    }
    return "emitter: "
        + JsonText.line(
            SECRETS.matcher(String.join("; ", text.lines().toList())).replaceAll("***"));
  }

  private static String text(ParameterException fault) {
    CommandLine command = fault.getCommandLine();
    String help = command.getCommandSpec().qualifiedName() + " --help";
    if (fault instanceof UnmatchedArgumentException unmatched) {
      String word = unmatched.getUnmatched().get(0);
      boolean option = unmatched.isUnknownOption();
      String kind = option ? "option" : command.getSubcommands().isEmpty() ? "argument" : "command";
      return kind + ": " + word + " (expected: as in " + help + ")";
    } else if (fault instanceof MissingParameterException missing) {
      String names =
          missing.getMissing().stream().map(Complaint::name).collect(Collectors.joining(", "));
      return names + ": none (expected: as in " + help + ")";
    } else if (fault.getCause() instanceof TypeConversionException wrong
        && fault.getArgSpec() != null) {
      String reason = String.valueOf(wrong.getMessage());
      if (reason.contains(" (expected: ")) {
        return name(fault.getArgSpec()) + ": " + reason;
      }
      if (fault.getArgSpec().type().equals(long.class)) {
        return name(fault.getArgSpec()) + ": " + fault.getValue() + " (expected: a whole number)";
      }
    }
    return String.valueOf(fault.getMessage());
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }
}
