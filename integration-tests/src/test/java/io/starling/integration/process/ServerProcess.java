package io.starling.integration.process;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** One server process of a cluster, with the application of the tests. */
public final class ServerProcess implements AutoCloseable {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(30);
  private static final Pattern READY = Pattern.compile("ready.*:(\\d+)");

  private final ChildProcess process;
  private final int port;

  private ServerProcess(ChildProcess process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts a server and waits until it is ready.
   *
   * @param port 0 for a free one
   * @param options more of the command line
   */
  public static ServerProcess start(String name, int port, String managerUrl, String... options) {
    List<String> all = new ArrayList<>(List.of("--port", Integer.toString(port)));
    all.addAll(List.of("--manager", managerUrl, "--application", Executables.testClasses()));
    all.addAll(List.of(options));
    return awaitReady(Executables.server(name, all));
  }

  /**
   * Starts a server of another release on a free port and waits until it is ready.
   *
   * @param checkout where that release was built with {@code mvn package}
   */
  public static ServerProcess startOf(Path checkout, String name, String managerUrl) {
    Path application = checkout.resolve("integration-tests/target/test-classes");
    return awaitReady(
        Executables.jar(
            name,
            checkout.resolve("socketio-server/target/socketio-server.jar"),
            List.of(
                "--port", "0", "--manager", managerUrl, "--application", application.toString())));
  }

  /**
   * Takes over a server that another program runs, and waits until it is ready.
   *
   * @param process prints a line with {@code ready} and its URL
   */
  public static ServerProcess awaitReady(ChildProcess process) {
    try {
      String bound = process.awaitLine(READY, START_TIMEOUT).group(1);
      return new ServerProcess(process, Integer.parseInt(bound));
    } catch (Throwable e) {
      process.close();
      throw e;
    }
  }

  public URI url() {
    return URI.create("http://localhost:" + port);
  }

  public int port() {
    return port;
  }

  public ChildProcess process() {
    return process;
  }

  @Override
  public void close() {
    process.close();
  }
}
