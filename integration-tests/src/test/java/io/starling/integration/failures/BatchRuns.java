package io.starling.integration.failures;

import static io.starling.integration.failures.BatchTrial.require;

import io.starling.integration.failures.LineClient.Jump;
import io.starling.integration.process.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * What a batch promises, tried on a cluster of two hosts: {@code [--back-end B] [--lines N]
 * [--kills N] [--report FILE] [RUN…]}, where a run is one of {@code whole}, {@code killed}, {@code
 * job}, {@code broker} and {@code away}. Ends with 1 if a promise is broken, with 2 if the command
 * is wrong.
 */
public final class BatchRuns {
  /** The most lines that a resume may repeat. */
  private static final long WINDOW = 10_000;

  private static final List<String> RUNS = List.of("whole", "killed", "job", "broker", "away");
  private static final String HEADER =
      "| back end | run | result | what was seen |\n|---|---|---|---|\n";

  private final Set<BackEnd> backEnds = EnumSet.noneOf(BackEnd.class);
  private final List<String> runs = new ArrayList<>();
  private final Random random = new Random();
  private long lines = 1_000_000;

  /** Servers and clients share the machine, and a broker does not slow the batch down for them. */
  private long rate = 10_000;

  /** How long {@code away} waits, which must be enough to connect on a busy machine. */
  private String wait = "30s";

  private int kills = 10;
  private int clientsEach = 10;
  private Path report = Path.of("batch.md");

  BatchRuns(String... arguments) {
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--back-end" -> backEnds.add(BackEnd.of(Options.value(arguments, ++i)));
        case "--lines" -> lines = Long.parseLong(Options.value(arguments, ++i));
        case "--kills" -> kills = Integer.parseInt(Options.value(arguments, ++i));
        case "--wait" -> wait = Options.value(arguments, ++i);
        case "--rate" -> rate = Long.parseLong(Options.value(arguments, ++i));
        case "--clients" -> clientsEach = Integer.parseInt(Options.value(arguments, ++i)) / 2;
        case "--report" -> report = Path.of(Options.value(arguments, ++i));
        default -> runs.add(run(arguments[i]));
      }
    }
    if (backEnds.isEmpty()) {
      backEnds.addAll(BackEnd.SINGLE);
    }
    if (runs.isEmpty()) {
      runs.addAll(RUNS);
    }
  }

  private static String run(String name) {
    if (!RUNS.contains(name)) {
      throw new IllegalArgumentException(
          "run: %s (expected: one of %s)".formatted(name, String.join(", ", RUNS)));
    }
    return name;
  }

  /** Runs what the arguments say and ends the process. */
  public static void main(String[] arguments) throws IOException {
    BatchRuns runs;
    try {
      runs = new BatchRuns(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    System.exit(runs.runAll() ? 0 : 1);
  }

  private boolean runAll() throws IOException {
    StringBuilder table = new StringBuilder(HEADER);
    System.out.print(HEADER);
    boolean green = true;
    for (BackEnd backEnd : backEnds) {
      for (String run : runs) {
        String line;
        try {
          line = "| %s | %s | green | %s |%n".formatted(backEnd.word(), run, run(backEnd, run));
        } catch (RuntimeException | AssertionError e) {
          green = false;
          line = "| %s | %s | RED | %s |%n".formatted(backEnd.word(), run, oneLine(e));
        }
        System.out.print(line);
        table.append(line);
        Files.writeString(report, table);
      }
    }
    return green;
  }

  private static String oneLine(Throwable e) {
    return String.join(" / ", e.toString().lines().limit(40).toList());
  }

  /** Runs one of the runs. Returns what was seen. */
  String run(BackEnd backEnd, String run) throws IOException {
    Path folder = Files.createTempDirectory("batch");
    BatchTrial.writeInput(folder, lines);
    try (BackEnd.Target target = backEnd.start("b-" + UUID.randomUUID());
        BatchTrial trial =
            new BatchTrial(target, folder, new BatchTrial.Size(lines, pace(run)), clientsEach)) {
      return switch (run) {
        case "whole" -> whole(trial);
        case "killed" -> killed(trial, false);
        case "job" -> killed(trial, true);
        case "broker" -> brokerKilled(trial);
        default -> brokerStaysAway(trial);
      };
    } finally {
      delete(folder);
    }
  }

  /**
   * Lines per second. After the broker was away the rest of the lines takes 10 s, so that the hosts
   * have subscribed again before the end. They cannot know of lines that reached nobody and were
   * followed by nothing.
   */
  private long pace(String run) {
    return Set.of("broker", "away").contains(run) ? Math.min(rate, lines / 15) : rate;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  private String whole(BatchTrial trial) throws IOException {
    JsonNode summary = trial.end(trial.start());
    requireSent(summary, lines);
    requireReceived(summary);
    trial.awaitLastLine();
    requireExactlyOnce(trial);
    return "every line once and in order at %d clients; %.1f s; %s"
        .formatted(trial.clients().size(), summary.get("seconds").doubleValue(), trial.memory());
  }

  private String killed(BatchTrial trial, boolean job) throws IOException {
    // Near the end the batch may have ended before it is killed.
    long[] places = random.longs(kills, 1, lines * 4 / 5).sorted().toArray();
    List<String> begin = new ArrayList<>(List.of("--checkpoint", trial.checkpoint()));
    if (job) {
      begin.addAll(List.of("--job", "trial"));
    }
    int done = 0;
    ChildProcess batch = trial.start(begin.toArray(String[]::new));
    for (long place : places) {
      trial.awaitHeard(batch, place);
      require(batch.isAlive(), batch.describe("ended after %d of %d kills".formatted(done, kills)));
      batch.close();
      done++;
      batch = trial.start("--resume", trial.checkpoint());
    }
    JsonNode summary = trial.end(batch);
    requireSent(summary, lines - summary.get("skipped").longValue());
    requireReceived(summary);
    trial.awaitLastLine();
    if (job) {
      require(summary.get("repeatedLines").isNull(), "the summary says repeated: " + summary);
      requireExactlyOnce(trial);
      return "killed %d times, every line once and in order at %d clients"
          .formatted(done, trial.clients().size());
    }
    long repeated = 0;
    for (LineClient client : trial.clients()) {
      require(client.jumps().size() <= done, "jumps: " + client.jumps());
      for (Jump jump : client.jumps()) {
        require(jump.missing() == 0 && jump.repeated() <= WINDOW, "jump: " + jump);
        repeated = Math.max(repeated, jump.repeated());
      }
    }
    return "killed %d times, no line is missing at %d clients, at most %d lines came again after a kill"
        .formatted(done, trial.clients().size(), repeated);
  }

  private String brokerKilled(BatchTrial trial) {
    ChildProcess batch = trial.start("--wait", "2m", "--checkpoint", trial.checkpoint());
    trial.awaitHeard(batch, lines / 3);
    require(batch.isAlive(), batch.describe("has ended too early"));
    trial.target().broker().kill();
    Trial.pause(3);
    trial.target().broker().restart();
    JsonNode summary = trial.end(batch);
    requireSent(summary, lines);
    trial.awaitLastLine();
    long nobody = summary.get("receivedByNobody").asLong(0);
    long least = leastMissing(trial);
    require(least >= nobody, "a client misses " + least + " lines only, but: " + summary);
    return "the broker was away for 3 s; every line was sent, of which nobody received %d, as the summary says; a client misses at most %d, all counted by its host"
        .formatted(nobody, requireMissingIsCounted(trial));
  }

  private String brokerStaysAway(BatchTrial trial) {
    ChildProcess batch =
        trial.start("--wait", wait, "--checkpoint", trial.checkpoint(), "--job", "trial");
    trial.awaitHeard(batch, lines / 3);
    require(batch.isAlive(), batch.describe("has ended too early"));
    trial.target().broker().kill();
    JsonNode summary = trial.end(batch);
    require(summary.get("status").intValue() == 3, "status of " + summary);
    long sent = summary.get("sent").longValue();
    long unknown = summary.get("failedUnknown").longValue();
    for (LineClient client : trial.clients()) {
      long last = client.last();
      require(last <= sent + unknown, "a client heard line " + last + ", but: " + summary);
    }
    trial.target().broker().restart();
    JsonNode rest = trial.end(trial.start("--resume", trial.checkpoint()));
    require(
        rest.get("skipped").longValue() == summary.get("lastDone").longValue(),
        rest + " after " + summary);
    requireSent(rest, lines - rest.get("skipped").longValue());
    trial.awaitLastLine();
    long most = requireMissingIsCounted(trial);
    return "stopped with status 3 at line %d, of which %d were unknown, and resumed; a client misses at most %d, all counted by its host"
        .formatted(sent, unknown, most);
  }

  private static void requireSent(JsonNode summary, long count) {
    require(
        summary.get("status").intValue() == (summary.get("receivedByNobody").asLong(0) > 0 ? 1 : 0)
            && summary.get("sent").longValue() == count
            && summary.get("failed").longValue() == 0,
        "summary " + summary + " (expected: " + count + " sent)");
  }

  private static void requireReceived(JsonNode summary) {
    require(summary.get("status").intValue() == 0, "summary " + summary);
  }

  private static void requireExactlyOnce(BatchTrial trial) {
    for (LineClient client : trial.clients()) {
      require(client.jumps().isEmpty(), "jumps: " + client.jumps());
    }
  }

  private static long leastMissing(BatchTrial trial) {
    return trial.clients().stream()
        .mapToLong(client -> client.jumps().stream().mapToLong(Jump::missing).sum())
        .min()
        .orElse(0);
  }

  /**
   * A broker that is killed loses what it has not passed on, and what is published before a host is
   * connected again. Each host counts what it lacks. Returns the most lines that a client lacks.
   */
  private static long requireMissingIsCounted(BatchTrial trial) {
    long most = 0;
    for (LineClient client : trial.clients()) {
      require(
          client.jumps().stream().allMatch(jump -> jump.repeated() == 0),
          "jumps: " + client.jumps());
      long missing = client.jumps().stream().mapToLong(Jump::missing).sum();
      long counted = trial.missing(client.host());
      require(
          missing == counted,
          "a client of %s misses %d lines, its host counts %d"
              .formatted(client.host(), missing, counted));
      most = Math.max(most, missing);
    }
    return most;
  }
}
