package io.starling.integration.failures;

import static org.awaitility.Awaitility.await;

import io.starling.integration.process.ChildProcess;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Two hosts with clients, and a batch of numbered lines in a process of its own, which has a heap
 * of 64 MiB.
 */
final class BatchTrial implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(20);
  private static final Duration WITHOUT_PROGRESS = Duration.ofSeconds(20);
  private static final Pattern AFTER_COLLECTION = Pattern.compile("->(\\d+)M\\(");

  private final BackEnd.Target target;
  private final Path folder;
  private final long lines;
  private final long rate;
  private final List<Member> hosts = new ArrayList<>();
  private final List<LineClient> clients = new ArrayList<>();
  private long highestRssKib;
  private int runs;

  /**
   * Starts the hosts, lets them find each other and connects the clients.
   *
   * @param folder for the files of the batch
   * @param size how many events the batch has, numbered from 1, and how many are sent in a second
   * @param clientsEach how many clients each host gets
   */
  BatchTrial(BackEnd.Target target, Path folder, Size size, int clientsEach) {
    this.target = target;
    this.folder = folder;
    this.lines = size.lines();
    this.rate = size.rate();
    List<String> names = List.of("a", "b");
    List<ChildProcess> launched =
        names.stream()
            .map(name -> Member.launch("host", name, target.url(), target.prefix(), 0))
            .toList();
    for (int i = 0; i < names.size(); i++) {
      hosts.add(Member.awaitReady(names.get(i), launched.get(i)));
    }
    await("hosts")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> hosts.stream().allMatch(host -> Member.number(host.report(), "hosts") == 2));
    for (Member host : hosts) {
      for (int i = 0; i < clientsEach; i++) {
        clients.add(LineClient.connect(host.name(), host.port()));
      }
    }
    await("clients")
        .atMost(Duration.ofSeconds(60))
        .until(() -> clients.stream().allMatch(LineClient::isConnected));
  }

  /** How many lines a batch has, and how many it sends in a second. */
  record Size(long lines, long rate) {}

  /** Writes the lines that every trial of this folder sends. */
  static void writeInput(Path folder, long lines) throws IOException {
    try (BufferedWriter writer = Files.newBufferedWriter(folder.resolve("lines.ndjson"))) {
      for (long i = 1; i <= lines; i++) {
        writer.write("{\"event\":\"n\",\"args\":[" + i + "]}\n");
      }
    }
  }

  /** Starts the batch command on the input. */
  ChildProcess start(String... options) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-Xlog:gc:file=" + folder.resolve("gc-" + ++runs + ".log"),
                "-jar",
                System.getProperty("starling.emitter.jar"),
                "--manager",
                target.url() + "?prefix=" + target.prefix(),
                "batch",
                folder.resolve("lines.ndjson").toString(),
                "--rate",
                Long.toString(rate),
                "--summary",
                summaryFile().toString()));
    command.addAll(Arrays.asList(options));
    return ChildProcess.start("batch", command);
  }

  private Path summaryFile() {
    return folder.resolve("summary-" + runs + ".json");
  }

  /** Where the batch keeps its checkpoint. */
  String checkpoint() {
    return folder.resolve("at-" + target.prefix() + ".json").toString();
  }

  /** Waits for the end of a batch, watches its memory, and returns its summary. */
  JsonNode end(ChildProcess batch) {
    await("batch")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> {
              watchMemory(batch);
              return !batch.isAlive();
            });
    int status = batch.awaitExit(Duration.ofSeconds(10));
    try {
      JsonNode summary = JsonMapper.shared().readTree(Files.readString(summaryFile()));
      require(summary.get("status").intValue() == status, "status " + status + " in " + summary);
      return summary;
    } catch (IOException e) {
      throw new UncheckedIOException(batch.describe("wrote no summary"), e);
    }
  }

  /** Waits until a client has heard this number, or the batch has ended. */
  void awaitHeard(ChildProcess batch, long number) {
    await("line " + number)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(
            () -> {
              watchMemory(batch);
              return clients.get(0).last() >= number || !batch.isAlive();
            });
  }

  private void watchMemory(ChildProcess batch) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + batch.pid() + "/status"))) {
        if (line.startsWith("VmRSS:")) {
          highestRssKib = Math.max(highestRssKib, Long.parseLong(line.replaceAll("\\D", "")));
        }
      }
    } catch (IOException e) {
      // The process has ended.
    }
  }

  /** The most memory that a batch had, and its heap after collections: early and late. */
  String memory() throws IOException {
    List<Integer> heap = new ArrayList<>();
    Matcher matcher =
        AFTER_COLLECTION.matcher(
            Files.readString(folder.resolve("gc-" + runs + ".log"), StandardCharsets.UTF_8));
    while (matcher.find()) {
      heap.add(Integer.valueOf(matcher.group(1)));
    }
    int half = heap.size() / 2;
    return "RSS at most %d MiB; heap after a collection at most %d MiB in the first half, %d MiB in the second"
        .formatted(
            highestRssKib >> 10,
            highest(heap.subList(0, half)),
            highest(heap.subList(half, heap.size())));
  }

  private static int highest(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).max().orElse(0);
  }

  List<LineClient> clients() {
    return clients;
  }

  BackEnd.Target target() {
    return target;
  }

  /** How many messages this host has counted as missing. */
  long missing(String host) {
    return hosts.stream()
        .filter(member -> member.name().equals(host))
        .mapToLong(member -> Member.number(member.report(), "missing"))
        .sum();
  }

  /** Waits until every client has heard the last line, as long as there is progress. */
  void awaitLastLine() {
    long before = -1;
    for (long now = heard(); now > before && !allHeard(); now = heard()) {
      before = now;
      await()
          .pollInterval(Duration.ofMillis(100))
          .atMost(WITHOUT_PROGRESS.plusSeconds(10))
          .until(new Patience()::isOver);
    }
    require(allHeard(), "clients lack the end: " + describe());
  }

  private boolean allHeard() {
    return clients.stream().allMatch(client -> client.last() == lines);
  }

  private long heard() {
    return clients.stream().mapToLong(LineClient::last).sum();
  }

  /** A time after which it is looked whether there was progress. */
  private final class Patience {
    private final long end = System.nanoTime() + WITHOUT_PROGRESS.toNanos();

    boolean isOver() {
      return allHeard() || System.nanoTime() - end > 0;
    }
  }

  /** What each client heard, and what the hosts complain about. */
  private String describe() {
    StringBuilder text = new StringBuilder();
    for (LineClient client : clients) {
      List<LineClient.Jump> jumps = client.jumps();
      text.append(
          "%s: last %d, %d jumps, first %s, broken '%s'; "
              .formatted(
                  client.host(),
                  client.last(),
                  jumps.size(),
                  jumps.isEmpty() ? "none" : jumps.get(0),
                  client.broken()));
    }
    hosts.forEach(
        host ->
            text.append(host.name())
                .append(": ")
                .append(host.report())
                .append(host.warnings().stream().limit(5).toList())
                .append("; "));
    return text.toString();
  }

  /** Fails with this text unless it holds. */
  static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }

  @Override
  public void close() {
    clients.forEach(LineClient::close);
    hosts.forEach(Member::close);
  }
}
