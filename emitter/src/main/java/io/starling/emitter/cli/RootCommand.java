package io.starling.emitter.cli;

import io.starling.emitter.Emitter;
import io.starling.manager.Accepted;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
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
    description = "Emits to the clients of a Starling cluster.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:The broker took everything, and passed it to a server where it tells that.",
      "1:The broker did not, or no server received something.",
      "2:The command line or an argument makes no sense."
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
      description = "The servers' broker, such as redis://localhost (or STARLING_MANAGER).")
  private @Nullable String manager;

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      scope = ScopeType.INHERIT,
      description =
          "What goes to stderr: trace, debug, info, warn, error or off (or STARLING_LOG_LEVEL).")
  private @Nullable String logLevel;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description =
          "A properties file with starling.manager and the like (or STARLING_CONFIG); command line"
              + " and environment go before it.")
  private @Nullable String config;

  private final Map<String, String> environment;

  RootCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public void run() {
    String commands = String.join(", ", command().getSubcommands().keySet());
    throw fault("command: none (expected: " + commands + ")");
  }

  /**
   * Performs one operation and prints what the broker told.
   *
   * @return the exit status: 1 when the broker tells that no server received the operation, else 0
   */
  int perform(Function<Emitter, CompletionStage<Accepted>> operation) {
    try (Emitter emitter = emitter()) {
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

  /** Connects an emitter. Blocks. */
  Emitter emitter() {
    return Emitter.create(url());
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

  private CommandLine command() {
    if (spec == null) {
      throw new IllegalStateException("spec: none (expected: set by picocli)");
    }
    return spec.commandLine();
  }
}
