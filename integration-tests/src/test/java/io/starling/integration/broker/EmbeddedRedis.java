package io.starling.integration.broker;

import io.starling.integration.process.ChildProcess;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import redis.embedded.RedisExecProvider;

/**
 * A real redis-server out of a jar, as a child process on a free port of the loopback. A test may
 * kill it and start it again on the same port.
 */
public final class EmbeddedRedis implements KillableBroker {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(20);
  private static final Pattern READY = Pattern.compile("Ready to accept connections");

  private static final String UNKNOWN = "unknown command 'QUIT'";

  private final int port;
  private final List<String> options;
  private ChildProcess process;

  private EmbeddedRedis(int port, List<String> options) {
    this.port = port;
    this.options = options;
    this.process = launch();
  }

  /**
   * Starts one.
   *
   * @param options more of the command line
   */
  public static EmbeddedRedis start(String... options) {
    return new EmbeddedRedis(Ports.free(), List.of(options));
  }

  /** The program, unpacked once for this JVM. */
  static File executable() {
    return Program.FILE;
  }

  private static final class Program {
    static final File FILE = unpack();

    /**
     * Lets another process write the file that is run. A child that this JVM starts in another
     * thread at this moment inherits what this JVM has open for writing, and Linux runs no file
     * that anyone may write to ("Text file busy").
     */
    private static File unpack() {
      try {
        File unpacked = RedisExecProvider.defaultProvider().get();
        File copy = new File(unpacked.getParentFile(), "redis-server");
        copy.deleteOnExit();
        try (ChildProcess cp =
            ChildProcess.start("cp", List.of("cp", unpacked.getPath(), copy.getPath()))) {
          cp.awaitSuccess(START_TIMEOUT);
        }
        return copy;
      } catch (IOException e) {
        throw new UncheckedIOException("cannot unpack the embedded redis-server", e);
      }
    }
  }

  /** What the server answers to an administrator, as one text. */
  public String ask(String... commands) {
    return ask(port, String.join("\r\n", commands));
  }

  /**
   * Asks a server or a Sentinel. A Sentinel does not know {@code QUIT}; its complaint ends the
   * answer.
   */
  static String ask(int port, String command) {
    StringBuilder answer = new StringBuilder();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write((command + "\r\nQUIT\r\n").getBytes(StandardCharsets.US_ASCII));
      byte[] part = new byte[8_192];
      InputStream input = socket.getInputStream();
      int length = input.read(part);
      while (length > 0) {
        answer.append(new String(part, 0, length, StandardCharsets.US_ASCII));
        length = answer.indexOf(UNKNOWN) < 0 ? input.read(part) : 0;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return answer.toString();
  }

  /** How many connections have a name that begins so. */
  public long connections(String name) {
    return ask("CLIENT LIST").lines().filter(line -> line.contains(" name=" + name)).count();
  }

  private ChildProcess launch() {
    List<String> command = new ArrayList<>(List.of(executable().getPath()));
    command.addAll(List.of("--port", Integer.toString(port), "--bind", "127.0.0.1"));
    command.addAll(List.of("--save", "", "--appendonly", "no"));
    command.addAll(options);
    ChildProcess redis = ChildProcess.start("redis-server on port " + port, command);
    try {
      redis.awaitLine(READY, START_TIMEOUT);
      return redis;
    } catch (Throwable e) {
      redis.close();
      throw e;
    }
  }

  @Override
  public String url() {
    return "redis://127.0.0.1:" + port;
  }

  @Override
  public int port() {
    return port;
  }

  /** Whether it was not killed. */
  public boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void kill() {
    process.close();
  }

  /** Starts the broker again after {@link #kill()}, empty, on the same port. */
  @Override
  public void restart() {
    if (process.isAlive()) {
      throw new IllegalStateException("redis-server: running (expected: killed before)");
    }
    process = launch();
  }

  @Override
  public void freeze() {
    process.freeze();
  }

  @Override
  public void thaw() {
    process.thaw();
  }

  @Override
  public void close() {
    process.close();
  }
}
