package io.starling.emitter.cli;

import io.starling.emitter.Emitter;
import io.starling.manager.Accepted;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * What all commands share: the options that may stand before or after the name of a command, the
 * connection that these options describe, and the output. Alone on the command line it is an error.
 */
@Command(
    name = "emitter",
    mixinStandardHelpOptions = true,
    description = {
      "Sends events to the clients of a Starling cluster, changes their rooms, and asks the servers"
          + " about them, from any process.",
      "",
      "Write \"java -jar emitter.jar\" for \"emitter\", or make a script of that name. Each command"
          + " explains itself: emitter COMMAND --help"
    },
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = Version.class,
    footerHeading = "%nExamples:%n",
    footer = {
      "  export STARLING_MANAGER=redis://localhost",
      "  emitter emit news '{\"title\": \"Hello\"}'",
      "  emitter emit --room lobby chat --text \"Good morning\"",
      "  emitter batch --csv --event price --room news prices.csv",
      "  emitter count --room lobby",
      "  emitter watch"
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:Done. Where the broker tells, a server received it; a question was answered completely.",
      "1:Not done: the broker refused or is away, no server received it, or an answer is missing.",
      "2:The command line or an argument is wrong. Nothing was sent.",
      "130, 143:Ended by Ctrl-C or by SIGTERM."
    },
    exitCodeOnExecutionException = 1)
final class RootCommand implements Runnable {
  private static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";

  private static final List<String> LEVELS =
      List.of("trace", "debug", "info", "warn", "error", "off");

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--manager",
      paramLabel = "URL",
      scope = ScopeType.INHERIT,
      description =
          "The broker of the servers, such as redis://localhost:6379, amqp://user:password@host or"
              + " kafka://localhost, with ?prefix=NAME if the servers have one. Else the variable"
              + " STARLING_MANAGER counts, else starling.manager in the file of --config.")
  private @Nullable String manager;

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      scope = ScopeType.INHERIT,
      description =
          "How much is logged to stderr: trace, debug, info, warn, error or off. Else"
              + " STARLING_LOG_LEVEL counts; default: info.")
  private @Nullable String logLevel;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description =
          "A properties file with starling.manager and starling.log-level. Else STARLING_CONFIG"
              + " names it. Command line and environment go before it.")
  private @Nullable String config;

  private final Map<String, String> environment;

  RootCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public void run() {
    throw fault("command: none (expected: " + commands() + ")");
  }

  private String commands() {
    return command().getSubcommands().values().stream()
        .filter(each -> !each.getCommandSpec().usageMessage().hidden())
        .map(CommandLine::getCommandName)
        .collect(Collectors.joining(", "));
  }

  /**
   * Performs one operation and prints what the broker told.
   *
   * @return the exit status: 1 when the broker tells that no server received the operation, else 0
   */
  int perform(Function<Emitter, CompletionStage<Accepted>> operation) {
    try (Emitter emitter = emitter().create()) {
      int receivers = operation.apply(emitter).toCompletableFuture().join().receivers();
      out()
          .println(
              switch (receivers) {
                case Accepted.UNKNOWN -> "accepted";
                case 0 -> "accepted, but no server is listening";
                case 1 -> "accepted, 1 server is listening";
                default -> "accepted, " + receivers + " servers are listening";
              });
      return receivers == 0 ? 1 : 0;
    }
  }

  /** An emitter that is not connected yet. */
  Emitter.Builder emitter() {
    return Emitter.builder(url()).listener(new CommandLog());
  }

  /**
   * The URL of the broker. Also sets the log level, so this method must run before the first logger
   * is created.
   *
   * @throws ParameterException when no URL is given
   */
  String url() {
    CommandSettings settings = new CommandSettings(environment, config);
    logFrom(settings.value("log-level", logLevel));
    String url = settings.value("manager", manager);
    if (url == null) {
      throw fault(
          "--manager: none (expected: a URL such as redis://localhost, here, in STARLING_MANAGER"
              + " or as starling.manager in a --config file)");
    }
    return url;
  }

  /**
   * Sets the log level. Must run before the first logger is created, because slf4j-simple reads
   * these properties only once.
   */
  private void logFrom(@Nullable String given) {
    String level = given == null ? "info" : given;
    if (!LEVELS.contains(level)) {
      throw fault("--log-level: " + level + " (expected: trace, debug, info, warn, error or off)");
    }
    System.setProperty(LOG_LEVEL, level);
    if (!level.equals("debug") && !level.equals("trace")) {
      // The clients of the brokers warn about settings that Starling chose on purpose and about
      // each failed attempt to connect. The log of the emitter reports what matters to users.
      for (String client : List.of("io.lettuce", "org.apache.kafka", "com.rabbitmq")) {
        System.setProperty("org.slf4j.simpleLogger.log." + client, "error");
      }
    }
  }

  /** The error that ends the program with status 2 and this message. */
  ParameterException fault(String message) {
    return new ParameterException(command(), message);
  }

  PrintWriter out() {
    return command().getOut();
  }

  PrintWriter err() {
    return command().getErr();
  }

  /** Tells people something that is not the result of the command. */
  void tell(String text) {
    err().println("emitter: " + text);
    err().flush();
  }

  /** The program with all its commands. */
  CommandLine command() {
    if (spec == null) {
      throw new IllegalStateException("spec: none (expected: set by picocli)");
    }
    return spec.commandLine();
  }
}
