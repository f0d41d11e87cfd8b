package io.starling.integration.broker;

import io.starling.integration.process.ChildProcess;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
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

  private final File executable;
  private final int port;
  private ChildProcess process;

  private EmbeddedRedis(File executable, int port) {
    this.executable = executable;
    this.port = port;
    this.process = launch();
  }

  public static EmbeddedRedis start() {
    try {
      return new EmbeddedRedis(RedisExecProvider.defaultProvider().get(), Ports.free());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack the embedded redis-server", e);
    }
  }

  private ChildProcess launch() {
    ChildProcess redis =
        ChildProcess.start(
            "redis-server on port " + port,
            List.of(
                executable.getPath(),
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no"));
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
  public void close() {
    process.close();
  }
}
