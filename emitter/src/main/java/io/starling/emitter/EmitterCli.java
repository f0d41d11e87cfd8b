package io.starling.emitter;

import io.starling.manager.Accepted;
import io.starling.manager.ManagerException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The command-line program of the emitter. Its exit status is 0 when the broker took every
 * operation; brokers that count receivers must also have passed each operation to at least one
 * server. The status is 1 when the broker refused an operation or no server received it, and 2 when
 * the command line or an argument is invalid.
 */
@Command(
    name = "emitter",
    description = "Emits to the clients of a Starling cluster.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = EmitterCliVersion.class,
    exitCodeListHeading = "Exit status:%n",
    exitCodeList = {
      "0:The broker took everything, and passed it to a server where it tells that.",
      "1:The broker did not, or no server received something.",
      "2:The command line or an argument makes no sense."
    },
    exitCodeOnExecutionException = 1)
public final class EmitterCli implements Runnable {
  private static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";

  private static final List<String> LEVELS =
      List.of("trace", "debug", "info", "warn", "error", "off");

  /** The character that Java puts in place of bytes that it cannot decode. */
  private static final char UNREADABLE = '\ufffd';

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

  EmitterCli(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Runs one command, then ends the process with the exit status of that command. */
  public static void main(String[] arguments) {
    System.exit(commandLine(System.getenv()).execute(arguments));
  }

  static CommandLine commandLine(Map<String, String> environment) {
    return new CommandLine(new EmitterCli(environment))
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
                + "; set LC_ALL=C.UTF-8, or give arguments in lines of --stdin)");
      }
    }
  }

  @Override
  public void run() {
    throw fault("command: none (expected: emit, join, leave, close-room or disconnect)");
  }

  @Command(
      name = "emit",
      description = "Sends an event.",
      mixinStandardHelpOptions = true,
      footer = "Example: emit --room news price '{\"eur\": 4.2}'")
  int emit(
      @Mixin EmitterCliTarget target,
      @Option(
              names = "--stdin",
              description =
                  "Send once per line of the standard input, which holds a JSON array of arguments;"
                      + " a single \"-\" as argument says the same.")
          boolean stdin,
      @Parameters(paramLabel = "EVENT", description = "Its name.") String event,
      @Parameters(index = "1..*", paramLabel = "JSON", description = "Its arguments.")
          @Nullable List<String> arguments) {
    List<String> given = arguments == null ? List.of() : arguments;
    if (stdin || given.equals(List.of("-"))) {
      try (Emitter emitter = emitter()) {
        return new EmitterCliStream(target.of(emitter), event, err())
            .send(System.in, emitter::whenWritable);
      }
    }
    Object[] parsed = EmitterCliJson.arguments(given);
    return perform(emitter -> target.of(emitter).emit(event, parsed));
  }

  @Command(name = "join", description = "Puts clients into rooms.", mixinStandardHelpOptions = true)
  int join(
      @Mixin EmitterCliTarget target,
      @Parameters(paramLabel = "ROOM", arity = "1..*", description = "The rooms.") String[] rooms) {
    return perform(emitter -> target.of(emitter).socketsJoin(rooms));
  }

  @Command(
      name = "leave",
      description = "Takes clients out of rooms.",
      mixinStandardHelpOptions = true)
  int leave(
      @Mixin EmitterCliTarget target,
      @Parameters(paramLabel = "ROOM", arity = "1..*", description = "The rooms.") String[] rooms) {
    return perform(emitter -> target.of(emitter).socketsLeave(rooms));
  }

  @Command(
      name = "close-room",
      description = "Takes all its members out of a room.",
      mixinStandardHelpOptions = true)
  int closeRoom(
      @Option(names = "--namespace", defaultValue = "/", description = "Its namespace.")
          String namespace,
      @Parameters(paramLabel = "ROOM", description = "The room.") String room) {
    return perform(emitter -> emitter.closeRoom(namespace, room));
  }

  @Command(
      name = "disconnect",
      description = "Disconnects clients.",
      mixinStandardHelpOptions = true)
  int disconnect(
      @Mixin EmitterCliTarget target,
      @Option(names = "--close", description = "From all namespaces, and close the connection.")
          boolean close) {
    return perform(emitter -> target.of(emitter).disconnectSockets(close));
  }

  private int perform(Function<Emitter, CompletionStage<Accepted>> operation) {
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

  private Emitter emitter() {
    EmitterCliSettings settings = new EmitterCliSettings(environment, config);
    logFrom(settings.value("log-level", logLevel));
    String url = settings.value("manager", manager);
    if (url == null) {
      throw fault(
          "--manager: none (expected: a URL such as redis://localhost, here, in STARLING_MANAGER"
              + " or as starling.manager in a --config file)");
    }
    return Emitter.create(url);
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

  private static int complain(CommandLine command, Throwable fault, int status) {
    Throwable told =
        fault instanceof CompletionException && fault.getCause() != null ? fault.getCause() : fault;
    boolean ours = told instanceof ManagerException || told instanceof IllegalArgumentException;
    boolean known = ours || told instanceof ParameterException;
    String text = known ? String.valueOf(told.getMessage()) : told.toString();
    command.getErr().println("emitter: " + String.join("; ", text.lines().toList()));
    command.getErr().flush();
    return status;
  }

  private ParameterException fault(String message) {
    return new ParameterException(command(), message);
  }

  private PrintWriter out() {
    return command().getOut();
  }

  private PrintWriter err() {
    return command().getErr();
  }

  private CommandLine command() {
    if (spec == null) {
      throw new IllegalStateException("spec: none (expected: set by picocli)");
    }
    return spec.commandLine();
  }
}
