package io.starling.integration.process;

import java.net.URI;
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
    ChildProcess process = Executables.server(name, all);
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
