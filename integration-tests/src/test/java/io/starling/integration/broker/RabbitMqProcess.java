package io.starling.integration.broker;

import static java.util.Objects.requireNonNull;

import io.starling.integration.OptionalTool;
import io.starling.integration.process.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A real RabbitMQ of the machine's own, as a child process on free ports of the loopback, with its
 * own node and data. A test may kill it and start it again.
 *
 * <p>Debian's {@code rabbitmq-server} on the path drops the environment, so the script behind it is
 * started.
 */
public final class RabbitMqProcess implements KillableBroker {
  private static final Path SCRIPTS = Path.of("/usr/lib/rabbitmq/bin");
  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
  private static final Pattern READY = Pattern.compile("completed with \\d+ plugins");

  private final ErlangHome home;
  private final List<String> environment = new ArrayList<>(List.of("env"));
  private final int port;
  private @Nullable ChildProcess server;

  /**
   * Prepares a node; {@link #launch()} starts it.
   *
   * @param port where it takes clients; part of the {@link #node(int) name}
   * @param settings more lines of {@code rabbitmq.conf}
   */
  RabbitMqProcess(ErlangHome home, int port, List<String> settings) throws IOException {
    this.home = home;
    this.port = port;
    Path directory = home.folder(Integer.toString(port));
    List<String> lines = new ArrayList<>(List.of("listeners.tcp.1 = 127.0.0.1:" + port));
    lines.addAll(settings);
    Path configuration = Files.write(directory.resolve("rabbitmq.conf"), lines);
    Path plugins = Files.writeString(directory.resolve("enabled_plugins"), "[].");
    Map.ofEntries(
            Map.entry("RABBITMQ_NODENAME", node(port)),
            Map.entry("RABBITMQ_DIST_PORT", Integer.toString(Ports.free())),
            Map.entry("RABBITMQ_MNESIA_BASE", directory.resolve("mnesia").toString()),
            Map.entry("RABBITMQ_LOG_BASE", directory.resolve("log").toString()),
            Map.entry("RABBITMQ_LOGS", "-"),
            Map.entry("RABBITMQ_PID_FILE", directory.resolve("pid").toString()),
            Map.entry("RABBITMQ_CONFIG_FILE", configuration.toString()),
            Map.entry("RABBITMQ_ENABLED_PLUGINS_FILE", plugins.toString()),
            Map.entry("RABBITMQ_CONF_ENV_FILE", directory.resolve("none").toString()),
            Map.entry(
                "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS",
                "-kernel inet_dist_use_interface {127,0,0,1}"))
        .forEach((name, value) -> environment.add(name + "=" + value));
  }

  /**
   * Skips the test where RabbitMQ is not installed; fails it where {@code CI=true}.
   *
   * @param settings more lines of {@code rabbitmq.conf}
   */
  public static RabbitMqProcess start(String... settings) {
    requireInstalled();
    try {
      RabbitMqProcess rabbit =
          new RabbitMqProcess(new ErlangHome(), Ports.free(), List.of(settings));
      try {
        rabbit.restart();
        return rabbit;
      } catch (Throwable e) {
        rabbit.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void requireInstalled() {
    OptionalTool.require("rabbitmq-server");
    OptionalTool.require("epmd");
  }

  /** The name of the node that takes clients on this port. */
  static String node(int port) {
    return "starling" + port + "@localhost";
  }

  private List<String> command(String... words) {
    List<String> command = new ArrayList<>(environment);
    command.addAll(Arrays.asList(words));
    return home.command(command);
  }

  /** Starts the node without waiting for it. */
  void launch() {
    if (isAlive()) {
      throw new IllegalStateException("rabbitmq-server: running (expected: killed before)");
    }
    server =
        ChildProcess.start(
            "rabbitmq-server", command(SCRIPTS.resolve("rabbitmq-server").toString()));
  }

  /** Waits until the node takes clients. */
  void awaitReady() {
    requireNonNull(server, "server").awaitLine(READY, START_TIMEOUT);
  }

  /** Whether the process runs. */
  public boolean isAlive() {
    return server != null && server.isAlive();
  }

  @Override
  public String url() {
    return "amqp://guest:guest@127.0.0.1:" + port;
  }

  @Override
  public int port() {
    return port;
  }

  /** Runs {@code rabbitmqctl}; gives its output. */
  public List<String> control(String... arguments) {
    List<String> command = command(SCRIPTS.resolve("rabbitmqctl").toString(), "-q");
    command.addAll(Arrays.asList(arguments));
    try (ChildProcess control = ChildProcess.start("rabbitmqctl", command)) {
      control.awaitSuccess(START_TIMEOUT);
      return control.lines();
    }
  }

  /** Deletes a queue as an operator's tool does, whoever uses it. */
  public void deleteQueue(String queue) {
    control(
        "eval",
        "{ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<\"/\">>, queue, <<\"%s\">>)),"
                .formatted(queue)
            + " rabbit_amqqueue:delete(Q, false, false, <<\"test\">>).");
  }

  /** Removes all bindings with this key, whoever needs them. */
  public void removeBindings(String key) {
    control(
        "eval",
        "[rabbit_binding:remove(B, <<\"test\">>) || B <- rabbit_binding:list(<<\"/\">>),"
            + " element(3, B) =:= <<\"%s\">>].".formatted(key));
  }

  /** Deletes an exchange and its bindings, whoever uses them. */
  public void deleteExchange(String exchange) {
    control(
        "eval",
        "rabbit_exchange:delete(rabbit_misc:r(<<\"/\">>, exchange, <<\"%s\">>), false,"
                .formatted(exchange)
            + " <<\"test\">>).");
  }

  @Override
  public void kill() {
    ChildProcess running = server;
    if (running == null) {
      return;
    }
    // The script waits for the Erlang machine, which is a child of its own.
    List<ProcessHandle> children =
        ProcessHandle.of(running.pid()).stream().flatMap(ProcessHandle::descendants).toList();
    children.forEach(ProcessHandle::destroyForcibly);
    running.close();
    children.forEach(child -> child.onExit().join());
  }

  /** Starts the broker again after {@link #kill()}, on the same port with the same data. */
  @Override
  public void restart() {
    launch();
    try {
      awaitReady();
    } catch (Throwable e) {
      kill();
      throw e;
    }
  }

  @Override
  public void freeze() {
    requireNonNull(server, "server").freeze();
  }

  @Override
  public void thaw() {
    requireNonNull(server, "server").thaw();
  }

  @Override
  public void close() {
    kill();
    home.close();
  }
}
