package io.starling.socketio.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;
import io.starling.socketio.settings.ServerSetting;
import io.starling.socketio.settings.Settings;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/**
 * The executable: starts a server with the settings of the command line, the environment and a
 * properties file.
 *
 * <p>The exit status is 0 after {@code --help}, {@code --version} and {@code --print-config}, 1
 * when the server cannot start, and 2 when a setting is wrong. Each fault is one line on the error
 * stream.
 */
public final class ServerCli {
  private static final int CANNOT_START = 1;
  private static final int WRONG_SETTINGS = 2;
  private static final Set<String> DETAILED = Set.of("debug", "trace");

  private final Map<String, String> environment;
  private final PrintStream out;
  private final PrintStream err;

  ServerCli(Map<String, String> environment, PrintStream out, PrintStream err) {
    this.environment = environment;
    this.out = out;
    this.err = err;
  }

  /** Starts the server and waits until the process is asked to end. */
  public static void main(String[] arguments) throws InterruptedException {
    Outcome outcome = new ServerCli(System.getenv(), System.out, System.err).run(arguments);
    if (outcome.server.isEmpty()) {
      System.exit(outcome.status);
    }
    SocketIoServer server = outcome.server.get();
    Runtime.getRuntime().addShutdownHook(new Thread(server::close, "starling-shutdown"));
    // All threads of the library are daemons, so this thread must keep the process alive.
    new CountDownLatch(1).await();
  }

  /** Starts a server. If that is impossible, writes the reason to the error stream. */
  Outcome run(String... arguments) {
    CommandLine commandLine = Options.commandLine().setOut(new PrintWriter(out, true, UTF_8));
    ParseResult parsed = commandLine.parseArgs(arguments);
    if (CommandLine.printHelpIfRequested(parsed)) {
      return new Outcome(0, Optional.empty());
    }
    Settings settings =
        Settings.ofExecutable(Options.values(parsed), environment, Options.faults(parsed));
    String logLevel =
        settings.text(ServerSetting.LOG_LEVEL).orElse("info").toLowerCase(Locale.ROOT);
    configureLogging(logLevel);
    SocketIoServerConfig config;
    try {
      config = settings.config().build();
    } catch (IllegalArgumentException e) {
      return failed(WRONG_SETTINGS, e);
    }
    if (Options.printConfig(parsed)) {
      print(settings);
      return new Outcome(0, Optional.empty());
    }
    List<Path> applications =
        settings.texts(ServerSetting.APPLICATION).stream().map(Path::of).toList();
    return start(config, applications, DETAILED.contains(logLevel));
  }

  private void print(Settings settings) {
    for (ServerSetting setting : ServerSetting.values()) {
      out.println(
          setting.key() + "=" + settings.shown(setting) + " (" + settings.source(setting) + ")");
    }
  }

  private Outcome start(SocketIoServerConfig config, List<Path> applications, boolean detailed) {
    SocketIoServer server = null;
    try {
      server = SocketIoServer.create(config);
      Applications.configure(applications, server);
      server.start();
      out.println("starling ready: " + url(config, server.address()) + " host " + server.hostId());
      return new Outcome(0, Optional.of(server));
    } catch (RuntimeException | ServiceConfigurationError e) {
      if (server != null) {
        server.close();
      }
      if (detailed) {
        e.printStackTrace(err);
      }
      return failed(CANNOT_START, e);
    }
  }

  /** Must run before the first logger is created: slf4j-simple reads these properties only once. */
  private static void configureLogging(String level) {
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", level);
    if (!DETAILED.contains(level)) {
      // At their usual level they log every attempt to connect, and warn of settings that the
      // library makes on purpose. The library logs the state of the connection itself.
      for (String client : List.of("io.lettuce", "org.apache.kafka", "com.rabbitmq")) {
        System.setProperty("org.slf4j.simpleLogger.log." + client, "error");
      }
    }
    System.setProperty("org.slf4j.simpleLogger.showDateTime", "true");
    System.setProperty("org.slf4j.simpleLogger.dateTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
  }

  private static String url(SocketIoServerConfig config, InetSocketAddress address) {
    String host = config.host().orElse("localhost");
    String bracketed = host.indexOf(':') < 0 || host.startsWith("[") ? host : "[" + host + "]";
    return (config.transport().tls().isPresent() ? "https://" : "http://")
        + bracketed
        + ":"
        + address.getPort()
        + config.path();
  }

  private Outcome failed(int status, Throwable cause) {
    err.println(cause.getMessage());
    return new Outcome(status, Optional.empty());
  }

  /** The result of a start: the exit status, and the server if one is running. */
  record Outcome(int status, Optional<SocketIoServer> server) {}
}
