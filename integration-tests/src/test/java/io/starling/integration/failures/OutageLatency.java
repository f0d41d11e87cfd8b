package io.starling.integration.failures;

import static org.awaitility.Awaitility.await;

import io.starling.integration.process.ChildProcess;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Measures how long clients of the emitting host wait for a message while the broker is away,
 * compared with a quiet time just before: {@code [--back-end B] [--runs N] [--report FILE]}. Ends
 * with 1 if the median of the ratios is above 1.5, if clients of either host lack something, if the
 * other host's clients have the messages from before the broker accepts connections later than 5 s
 * after that moment, or if much fewer messages were delivered than a phase has; with 2 if the
 * command is wrong.
 */
public final class OutageLatency {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** A host whose first connect takes too long on a busy machine is waited for. */
  private static final String KEEP_TRYING = "?keep-trying=true";

  private static final int CLIENTS = 20;
  private static final int WARM_UP_SECONDS = 20;
  private static final int PHASE_SECONDS = 10;
  private static final int SETTLING_SECONDS = 6;
  private static final int DELIVERIES_PER_SECOND = 100 * CLIENTS;

  /** The part of the deliveries of a phase that must be there. A phase does not end to the tick. */
  private static final double LEAST_DELIVERED = 0.95;

  private static final double MOST_RATIO = 1.5;
  private static final long MOST_CAUGHT_MILLIS = 5_000;

  private static final String HEADER =
      """
      | run | deliveries | quiet: median / p99 / max | broker away | ratio of p99 | broker coming back | others have all after | processor time quiet / away | load |
      |---|---|---|---|---|---|---|---|---|
      """;

  private final Set<BackEnd> backEnds = EnumSet.noneOf(BackEnd.class);
  private int runs = 5;
  private Path report = Path.of("outage-latency.md");

  /** Delays of one phase, in microseconds. */
  private record Delays(long count, long median, long p99, long max) {
    static Delays parse(List<String> words) {
      return new Delays(
          Long.parseLong(words.get(0)),
          Long.parseLong(words.get(1)),
          Long.parseLong(words.get(2)),
          Long.parseLong(words.get(3)));
    }

    String text() {
      return "%.2f / %.2f / %.1f ms".formatted(median / 1e3, p99 / 1e3, max / 1e3);
    }
  }

  /**
   * One outage.
   *
   * @param back the delays while the broker starts, and for 6 s afterwards
   * @param caughtMillis from the first connection that the broker accepts until all clients of the
   *     other host have the last message that was sent before it, or a later one
   * @param quietCpuMillis the processor time of the emitting process in the quiet phase
   */
  private record Run(
      Delays quiet,
      Delays away,
      Delays back,
      long caughtMillis,
      long quietCpuMillis,
      long awayCpuMillis,
      String load) {
    double ratio() {
      return (double) away.p99 / quiet.p99;
    }

    boolean delivered() {
      double least = LEAST_DELIVERED * DELIVERIES_PER_SECOND;
      return quiet.count >= least * PHASE_SECONDS
          && away.count >= least * PHASE_SECONDS
          && back.count >= least * SETTLING_SECONDS;
    }
  }

  private OutageLatency(String[] arguments) {
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--back-end" -> backEnds.add(BackEnd.of(Options.value(arguments, ++i)));
        case "--runs" -> runs = Integer.parseInt(Options.value(arguments, ++i));
        case "--report" -> report = Path.of(Options.value(arguments, ++i));
        default ->
            throw new IllegalArgumentException(
                arguments[i] + ": unknown (expected: --back-end, --runs or --report)");
      }
    }
    if (backEnds.isEmpty()) {
      backEnds.addAll(BackEnd.SINGLE);
    }
    if (!BackEnd.SINGLE.containsAll(backEnds)) {
      throw new IllegalArgumentException(
          "back-end: %s (expected: single brokers)".formatted(backEnds));
    }
    if (runs < 1) {
      throw new IllegalArgumentException("runs: %d (expected: at least 1)".formatted(runs));
    }
  }

  /** Measures and ends the process. */
  public static void main(String[] arguments) throws IOException {
    OutageLatency command;
    try {
      command = new OutageLatency(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    boolean green = true;
    StringBuilder text = new StringBuilder();
    for (BackEnd backEnd : command.backEnds) {
      try {
        green &= command.measure(backEnd, text);
      } catch (RuntimeException | AssertionError e) {
        green = false;
        text.append(
            "## %s: RED%n%nIt did not end: %s%n%n".formatted(backEnd.word(), e.getMessage()));
      }
      Files.writeString(command.report, text);
    }
    System.out.print(text);
    System.exit(green ? 0 : 1);
  }

  private boolean measure(BackEnd backEnd, StringBuilder text) throws IOException {
    try (BackEnd.Target target = backEnd.start("l");
        ChildProcess a = launch("a", target.url() + KEEP_TRYING);
        ChildProcess b = launch("b", target.url() + KEEP_TRYING)) {
      List.of(a, b).forEach(host -> host.awaitLine(Pattern.compile("^# \\d+ ready"), PATIENCE));
      await("the hosts know each other")
          .atMost(PATIENCE)
          .until(
              () ->
                  Stream.of(a, b)
                      .allMatch(each -> ask(each, "hosts", "hosts").equals(List.of("2"))));
      a.tell("go");
      Trial.pause(WARM_UP_SECONDS);
      List<Run> all = new ArrayList<>();
      for (int i = 0; i < runs; i++) {
        all.add(run(target, a, b, 3 * i + 1));
        System.out.printf("%s, run %d: %s%n", backEnd.word(), i + 1, all.get(i));
      }
      List<String> sent = ask(a, "stop", "stopped");
      Trial.pause(2);
      List<String> faults = new ArrayList<>(faults(sent, total(a), total(b)));
      if (!all.stream().allMatch(Run::delivered)) {
        faults.add("too few deliveries in a phase");
      }
      return report(backEnd, all, sent.indexOf("?") - 1, faults, text);
    }
  }

  /**
   * What is wrong at the end: the own clients must have every message, those of the other host
   * every message that was not given back.
   *
   * @param sent what the emitting host answered to {@code stop}
   * @param own what it answered to {@code total}
   * @param others what the other host answered to {@code total}
   */
  private static List<String> faults(List<String> sent, List<String> own, List<String> others) {
    List<String> complete = List.of(sent.get(0), sent.get(0), "0");
    List<String> expected = new ArrayList<>(complete);
    sent.subList(1, sent.indexOf("?")).forEach(number -> expected.add(number + "x" + CLIENTS));
    List<String> faults = new ArrayList<>();
    if (!own.equals(complete)) {
      faults.add("own clients: %s (expected: %s)".formatted(own, complete));
    }
    if (!others.equals(expected)) {
      faults.add(
          "the other host's clients: %s (expected: %s; unknown: %s)"
              .formatted(others, expected, sent.subList(sent.indexOf("?") + 1, sent.size())));
    }
    return faults;
  }

  private static List<String> total(ChildProcess host) {
    return ask(host, "total", "total");
  }

  private static ChildProcess launch(String name, String url) {
    return ChildProcess.start(
        "host " + name,
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-cp",
            System.getProperty("java.class.path"),
            TimedHost.class.getName(),
            url,
            Integer.toString(CLIENTS)));
  }

  private static Run run(BackEnd.Target target, ChildProcess a, ChildProcess b, int phase)
      throws IOException {
    a.tell("phase " + phase);
    long atFirst = cpu(a);
    Trial.pause(PHASE_SECONDS);
    a.tell("phase " + (phase + 1));
    long atKill = cpu(a);
    target.broker().kill();
    Trial.pause(PHASE_SECONDS);
    long atEnd = cpu(a);
    String load = Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0];
    a.tell("phase " + (phase + 2));
    CompletableFuture<Long> accepting =
        CompletableFuture.supplyAsync(() -> firstAccepted(target.broker().port()));
    target.broker().restart();
    long acceptedMillis = accepting.join();
    Trial.pause(SETTLING_SECONDS);
    a.tell("phase 0");
    Trial.pause(0.5);
    String last = ask(a, "sent " + acceptedMillis, "sent").get(0);
    await("the other host's clients have message " + last)
        .atMost(PATIENCE)
        .until(() -> number(b, "passed " + last, "passed") >= 0);
    return new Run(
        latency(a, phase),
        latency(a, phase + 1),
        latency(a, phase + 2),
        number(b, "passed " + last, "passed") - acceptedMillis,
        atKill - atFirst,
        atEnd - atKill,
        load);
  }

  private static long cpu(ChildProcess host) {
    return number(host, "cpu", "cpu");
  }

  private static long number(ChildProcess host, String command, String answer) {
    return Long.parseLong(ask(host, command, answer).get(0));
  }

  private static Delays latency(ChildProcess host, int phase) {
    return Delays.parse(ask(host, "latency " + phase, "latency"));
  }

  /** When a port accepts a connection for the first time. */
  private static long firstAccepted(int port) {
    long[] millis = new long[1];
    await("the broker accepts connections")
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .ignoreException(ConnectException.class)
        .until(
            () -> {
              new Socket(InetAddress.getLoopbackAddress(), port).close();
              millis[0] = System.currentTimeMillis();
              return true;
            });
    return millis[0];
  }

  private static List<String> ask(ChildProcess process, String command, String answer) {
    int before = Member.named(process, answer).size();
    process.tell(command);
    await(answer).atMost(PATIENCE).until(() -> Member.named(process, answer).size() > before);
    return Member.named(process, answer).get(before).words();
  }

  private static boolean report(
      BackEnd backEnd, List<Run> runs, int givenBack, List<String> faults, StringBuilder text) {
    double median =
        runs.stream().mapToDouble(Run::ratio).sorted().skip(runs.size() / 2).findFirst().orElse(0);
    long caught = runs.stream().mapToLong(Run::caughtMillis).max().orElse(0);
    boolean green = median <= MOST_RATIO && caught <= MOST_CAUGHT_MILLIS && faults.isEmpty();
    text.append(
        String.format(
            Locale.ROOT,
            "## %s: %s%n%nMedian of the ratios: %.2f. The other host's clients had all messages at most %.1f s after the broker accepted connections. %s.%n%n",
            backEnd.word(),
            green ? "green" : "RED",
            median,
            caught / 1e3,
            faults.isEmpty()
                ? "In the end they had every message once and in order but the %d that were given back to the sender"
                    .formatted(givenBack)
                : "FAULTS: " + String.join("; ", faults)));
    text.append(HEADER);
    for (int i = 0; i < runs.size(); i++) {
      Run run = runs.get(i);
      text.append(
          String.format(
              Locale.ROOT,
              "| %d | %d + %d | %s | %s | %.2f | %s | %.1f s | %.1f / %.1f s | %s |%n",
              i + 1,
              run.quiet.count,
              run.away.count,
              run.quiet.text(),
              run.away.text(),
              run.ratio(),
              run.back.text(),
              run.caughtMillis / 1e3,
              run.quietCpuMillis / 1e3,
              run.awayCpuMillis / 1e3,
              run.load));
    }
    text.append('\n');
    return green;
  }
}
