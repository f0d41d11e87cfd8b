package io.starling.socketio.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/**
 * The executable. Exit status 0 after help, 1 when the server cannot start, 2 when the settings are
 * wrong; each fault is one line on the error stream.
 */
public final class ServerCli {
  private static final int CANNOT_START = 1;
  private static final int WRONG_SETTINGS = 2;

  private final Map<String, String> environment;
  private final PrintStream out;
  private final PrintStream err;

  ServerCli(Map<String, String> environment, PrintStream out, PrintStream err) {
    this.environment = environment;
    this.out = out;
    this.err = err;
  }

  /** Runs until the process is asked to end. */
  public static void main(String[] arguments) throws InterruptedException {
    Outcome outcome = new ServerCli(System.getenv(), System.out, System.err).run(arguments);
    if (outcome.server.isEmpty()) {
      System.exit(outcome.status);
    }
    SocketIoServer server = outcome.server.get();
    Runtime.getRuntime().addShutdownHook(new Thread(server::close, "starling-shutdown"));
    // The threads of the library are daemons: this one keeps the process alive.
    new CountDownLatch(1).await();
  }

  /** Starts a server, or says why not. */
  Outcome run(String... arguments) {
    CommandLine commandLine = Options.commandLine().setOut(new PrintWriter(out, true, UTF_8));
    Faults faults = new Faults();
    ParseResult parsed = commandLine.parseArgs(arguments);
    if (CommandLine.printHelpIfRequested(parsed)) {
      return new Outcome(0, Optional.empty());
    }
    Settings settings = new Settings(Options.values(parsed, faults), environment, faults);
    String logLevel = ServerSettings.logLevel(settings);
    configureLogging(logLevel);
    ServerSettings meant = ServerSettings.of(settings, faults);
    if (!faults.lines().isEmpty()) {
      return failed(WRONG_SETTINGS, String.join(System.lineSeparator(), faults.lines()));
    }
    boolean detailed = logLevel.equals("debug") || logLevel.equals("trace");
    return start(meant, detailed);
  }

  private Outcome start(ServerSettings settings, boolean detailed) {
    SocketIoServer server = null;
    try {
      SocketIoServerConfig config = settings.config().build();
      server = SocketIoServer.create(config);
      Applications.configure(settings.applications(), server);
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
      return failed(CANNOT_START, String.valueOf(e.getMessage()));
    }
  }

  /** Before anything asks for a logger: slf4j-simple reads these once. */
  private static void configureLogging(String level) {
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", level);
    if (!level.equals("debug") && !level.equals("trace")) {
      // They warn of choices that are ours, and of each attempt to connect; we say what matters.
      for (String client : List.of("io.lettuce", "org.apache.kafka", "com.rabbitmq")) {
        System.setProperty("org.slf4j.simpleLogger.log." + client, "error");
      }
    }
    System.setProperty("org.slf4j.simpleLogger.showDateTime", "true");
    System.setProperty("org.slf4j.simpleLogger.dateTimeFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX");
  }

  private static String url(SocketIoServerConfig config, InetSocketAddress address) {
    String host = config.host().orElse("localhost");
    String bracketed = host.indexOf(':') < 0 ? host : "[" + host + "]";
    return (config.transport().tls().isPresent() ? "https://" : "http://")
        + bracketed
        + ":"
        + address.getPort()
        + config.path();
  }

  private Outcome failed(int status, String message) {
    err.println(message);
    return new Outcome(status, Optional.empty());
  }

  /** How it went; the server is there when it runs. */
  record Outcome(int status, Optional<SocketIoServer> server) {}
}
