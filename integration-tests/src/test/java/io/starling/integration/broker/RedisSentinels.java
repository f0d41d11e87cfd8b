package io.starling.integration.broker;

import static org.awaitility.Awaitility.await;

import io.starling.integration.process.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A master, a replica and three Sentinels as child processes on free ports of the loopback. The
 * Sentinels take a server for dead that has not answered for a second.
 */
public final class RedisSentinels implements TestBroker.Running {
  private static final String NAME = "mymaster";
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int SENTINELS = 3;

  private final String password;
  private final List<EmbeddedRedis> servers = new ArrayList<>();
  private final List<ChildProcess> sentinels = new ArrayList<>();
  private final List<Integer> ports = new ArrayList<>();
  private final Path directory;

  private RedisSentinels(String password) throws IOException {
    this.password = password;
    this.directory = Files.createTempDirectory("starling-sentinel");
  }

  /** Starts Sentinels without a password. */
  public static RedisSentinels start() {
    return start("");
  }

  /**
   * Starts them, and waits until each Sentinel knows the replica and the other Sentinels.
   *
   * @param password what the Sentinels want to hear; empty for nothing
   */
  public static RedisSentinels start(String password) {
    RedisSentinels made = null;
    try {
      made = new RedisSentinels(password);
      made.startAll();
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Throwable e) {
      if (made != null) {
        made.close();
      }
      throw e;
    }
  }

  private void startAll() {
    EmbeddedRedis master = EmbeddedRedis.start("--repl-diskless-sync-delay", "0");
    servers.add(master);
    servers.add(
        EmbeddedRedis.start(
            "--replicaof", "127.0.0.1 " + master.port(), "--repl-diskless-sync-delay", "0"));
    await("the replica follows")
        .atMost(TIMEOUT)
        .until(() -> servers.get(1).ask("INFO replication").contains("master_link_status:up"));
    for (int i = 0; i < SENTINELS; i++) {
      startSentinel(master.port());
    }
    await("the Sentinels know each other")
        .atMost(TIMEOUT)
        .until(() -> ports.stream().allMatch(this::isReady));
  }

  private void startSentinel(int master) {
    int port = Ports.free();
    List<String> lines =
        new ArrayList<>(
            List.of(
                "port " + port,
                "bind 127.0.0.1",
                "sentinel monitor " + NAME + " 127.0.0.1 " + master + " 2",
                "sentinel down-after-milliseconds " + NAME + " 1000",
                "sentinel failover-timeout " + NAME + " 3000"));
    if (!password.isEmpty()) {
      lines.addAll(List.of("requirepass " + password, "sentinel sentinel-pass " + password));
    }
    sentinels.add(sentinel(directory, lines));
    ports.add(port);
  }

  /**
   * Starts a single Sentinel, and waits until it listens.
   *
   * @param directory where it keeps its configuration
   * @param lines of its configuration
   */
  public static ChildProcess sentinel(Path directory, List<String> lines) {
    try {
      Path configuration = Files.createTempFile(directory, "sentinel", ".conf");
      Files.write(configuration, lines);
      Files.writeString(configuration, "dir " + directory, StandardOpenOption.APPEND);
      ChildProcess sentinel =
          ChildProcess.start(
              "redis-sentinel",
              List.of(
                  EmbeddedRedis.executable().getPath(), configuration.toString(), "--sentinel"));
      sentinel.awaitLine(Pattern.compile("Sentinel ID is"), TIMEOUT);
      return sentinel;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isReady(int port) {
    List<String> state = ask(port, "SENTINEL MASTER " + NAME).lines().toList();
    return value(state, "num-slaves").equals("1")
        && value(state, "num-other-sentinels").equals(Integer.toString(SENTINELS - 1));
  }

  private String ask(int port, String command) {
    return EmbeddedRedis.ask(
        port, password.isEmpty() ? command : "AUTH " + password + "\r\n" + command);
  }

  private static String value(List<String> answer, String field) {
    int at = answer.indexOf(field);
    return at < 0 ? "" : answer.get(at + 2);
  }

  /** The server that the Sentinels take for the master. */
  public EmbeddedRedis master() {
    String answer = ask(ports.get(0), "SENTINEL GET-MASTER-ADDR-BY-NAME " + NAME);
    return servers.stream()
        .filter(server -> answer.lines().anyMatch(Integer.toString(server.port())::equals))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no such master: " + answer));
  }

  /** The server that is not the master. */
  public EmbeddedRedis replica() {
    EmbeddedRedis master = master();
    return servers.stream().filter(server -> server != master).findFirst().orElseThrow();
  }

  /** Makes the replica the master, and waits until a Sentinel says so. */
  public void failOver() {
    EmbeddedRedis next = replica();
    await("the failover begins")
        .atMost(TIMEOUT)
        .until(() -> ask(ports.get(0), "SENTINEL FAILOVER " + NAME).startsWith("+OK"));
    await("the failover ends").atMost(TIMEOUT).until(() -> master() == next);
  }

  @Override
  public String url() {
    return ports.stream()
        .map(port -> "127.0.0.1:" + port)
        .collect(Collectors.joining(",", "redis-sentinel://", "/" + NAME));
  }

  @Override
  public void close() {
    sentinels.forEach(ChildProcess::close);
    servers.forEach(EmbeddedRedis::close);
    EmbeddedKafka.delete(directory);
  }
}
