package io.starling.integration.demo;

import io.starling.integration.process.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** {@code ./demo} on two free ports, on the JVM that runs the test. */
final class Demo implements AutoCloseable {
  static final Duration START_TIMEOUT = Duration.ofSeconds(60);
  static final Duration END_TIMEOUT = Duration.ofSeconds(20);

  /** Where the repository is; tests run in the folder of their module. */
  static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  private final ChildProcess process;
  private final int first;
  private final int second;

  private Demo(ChildProcess process, int first, int second) {
    this.process = process;
    this.first = first;
    this.second = second;
  }

  /** Waits until both servers serve. */
  static Demo start(Path root, Map<String, String> environment) {
    int[] ports = freePorts(2);
    ChildProcess process =
        run(root, environment, "--no-build", "--ports", ports[0] + "," + ports[1]);
    try {
      process.awaitLine(Pattern.compile("Ctrl-C"), START_TIMEOUT);
      return new Demo(process, ports[0], ports[1]);
    } catch (Throwable failure) {
      end(process);
      throw failure;
    }
  }

  /** Any call of the script. */
  static ChildProcess run(Path root, Map<String, String> environment, String... arguments) {
    List<String> command = new ArrayList<>(List.of("env"));
    command.add("JAVA_HOME=" + System.getProperty("java.home"));
    environment.forEach((name, value) -> command.add(name + "=" + value));
    command.add(root.resolve("demo").toString());
    command.addAll(List.of(arguments));
    return ChildProcess.start("demo", command);
  }

  static int[] freePorts(int count) {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      int[] ports = sockets.stream().mapToInt(ServerSocket::getLocalPort).toArray();
      for (ServerSocket socket : sockets) {
        socket.close();
      }
      return ports;
    } catch (IOException e) {
      throw new UncheckedIOException("no free port", e);
    }
  }

  ChildProcess process() {
    return process;
  }

  URI firstPage() {
    return page(first);
  }

  URI secondPage() {
    return page(second);
  }

  private static URI page(int port) {
    return URI.create("http://127.0.0.1:" + port + "/");
  }

  /** What the script started and what those started. */
  List<ProcessHandle> descendants() {
    return ProcessHandle.of(process.pid()).orElseThrow().descendants().toList();
  }

  /** The process of the server on the first port. */
  ProcessHandle firstServer() {
    String port = "--port " + first;
    return descendants().stream()
        .filter(child -> child.info().commandLine().orElse("").contains(port))
        .findFirst()
        .orElseThrow(() -> new AssertionError(process.describe("has no child with " + port)));
  }

  @Override
  public void close() {
    end(process);
  }

  /** Ends a script as its user would, so that it ends its children. */
  static void end(ChildProcess process) {
    process.terminate();
    try {
      process.awaitExit(END_TIMEOUT);
    } finally {
      process.close();
    }
  }
}
