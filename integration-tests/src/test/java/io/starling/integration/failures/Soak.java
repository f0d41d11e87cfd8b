package io.starling.integration.failures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Mixed traffic of three hosts, an emitter and 300 clients, while the broker is killed and started
 * again twice, and one host is killed and replaced: {@code --back-end B --minutes N [--report
 * FILE]}. Ends with 1 if a message is missing and not counted, comes twice or out of order, or if a
 * question has no end; with 2 if the command is wrong.
 */
public final class Soak {
  private static final int CLIENTS_EACH = 100;
  private static final double BROKER_DOWN_SECONDS = 2;

  /** What the end takes of the time: to hear everybody again, to come to rest, to report. */
  private static final double END_SECONDS = 10;

  private static final double MIN_TRAFFIC_SECONDS = 20;
  private static final int MAX_FAULTS = 20;

  private final long fromNanos = System.nanoTime();
  private final BackEnd backEnd;
  private final int minutes;
  private final Path report;
  private final List<String> diary = new ArrayList<>();

  private Soak(BackEnd backEnd, int minutes, Path report) {
    this.backEnd = backEnd;
    this.minutes = minutes;
    this.report = report;
  }

  private static Soak of(String[] arguments) {
    BackEnd backEnd = null;
    int minutes = 0;
    String report = "";
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--back-end" -> backEnd = BackEnd.of(Options.value(arguments, ++i));
        case "--minutes" -> minutes = Integer.parseInt(Options.value(arguments, ++i));
        case "--report" -> report = Options.value(arguments, ++i);
        default ->
            throw new IllegalArgumentException(
                arguments[i] + ": unknown (expected: --back-end, --minutes or --report)");
      }
    }
    if (backEnd == null || minutes < 1) {
      throw new IllegalArgumentException(
          "soak: incomplete (expected: --back-end B --minutes N, N at least 1)");
    }
    return new Soak(
        backEnd, minutes, Path.of(report.isEmpty() ? "soak-" + backEnd.word() + ".md" : report));
  }

  /** Runs it and ends the process. */
  public static void main(String[] arguments) throws IOException {
    Soak soak;
    try {
      soak = of(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    System.exit(soak.run() ? 0 : 1);
  }

  private boolean run() throws IOException {
    try (BackEnd.Target target = backEnd.start("s-" + UUID.randomUUID());
        Trial trial = new Trial(target, CLIENTS_EACH, "mixed")) {
      trial.begin(List.of("a", "b", "c"));
      trial.emit("emitter", "few");
      note("traffic of three hosts and an emitter, 300 clients are connected");
      double traffic = Math.max(MIN_TRAFFIC_SECONDS, minutes * 60 - elapsed() - END_SECONDS);
      double begun = elapsed();
      pauseUntil(begun + traffic * 0.1);
      brokerKilled(trial);
      pauseUntil(begun + traffic * 0.35);
      hostReplaced(trial);
      pauseUntil(begun + traffic * 0.75);
      brokerKilled(trial);
      pauseUntil(begun + traffic);
      long recovered = trial.awaitRecovery();
      note(recovered < 0 ? "RED: not everybody hears everybody" : "everybody hears everybody");
      return conclude(trial, recovered >= 0);
    }
  }

  private void brokerKilled(Trial trial) {
    trial.injure(trial.broker()::kill);
    note("broker killed");
    Trial.pause(BROKER_DOWN_SECONDS);
    trial.heal(trial.broker()::restart);
    note("broker takes connections");
  }

  private void hostReplaced(Trial trial) {
    Member former = trial.host("b");
    trial.injure(former::kill);
    note("host b killed");
    trial.heal(() -> trial.replace(former, "b2"));
    note("host b2 runs in its place");
  }

  private boolean conclude(Trial trial, boolean recovered) throws IOException {
    Ledger.Verdict verdict = trial.conclude();
    trial.awaitAnswers();
    List<String> faults = new ArrayList<>(verdict.faults());
    StringBuilder counters = new StringBuilder();
    for (Member member : trial.living()) {
      Map<String, String> values = new TreeMap<>(member.report());
      counters.append("| ").append(member.name()).append(" | ").append(values).append(" |\n");
      unended(values).forEach(fault -> faults.add(member.name() + ": " + fault));
    }
    boolean green = recovered && verdict.green() && faults.isEmpty();
    note("end");
    String text = text(trial, verdict, faults, counters.toString(), green);
    Files.writeString(report, text);
    System.out.print(text);
    return green;
  }

  /** The kinds of questions of a report of which some have no end, with their numbers. */
  static List<String> unended(Map<String, String> report) {
    List<String> faults = new ArrayList<>();
    for (String kind : List.of("acks", "queries")) {
      long ended = 0;
      for (String end : List.of(".complete", ".incomplete", ".failed")) {
        ended += Long.parseLong(report.getOrDefault(kind + end, "0"));
      }
      String asked = report.getOrDefault(kind + ".asked", "0");
      if (!asked.equals(Long.toString(ended))) {
        faults.add("%s %s asked, %d ended".formatted(asked, kind, ended));
      }
    }
    return faults;
  }

  private String text(
      Trial trial, Ledger.Verdict verdict, List<String> faults, String counters, boolean green) {
    StringBuilder text = new StringBuilder();
    text.append("## Soak on %s, %d min: %s%n%n".formatted(backEnd.word(), minutes, word(green)));
    text.append(
        "%d messages were delivered to clients. Missing at the clients of some host: %d, of which"
                .formatted(trial.clients().heard(), verdict.missing())
            + " %d were given back to the sender and the others are counted by that host. %d came"
                .formatted(verdict.givenBack(), verdict.twice())
            + " twice, %d out of order. Of the killed host, up to %d last messages did not reach"
                .formatted(verdict.outOfOrder(), verdict.unknown())
            + " every other host. A client missed at most %d messages while it was not connected. It took %.0f s.%n%n"
                .formatted(verdict.away(), elapsed()));
    diary.forEach(line -> text.append("* ").append(line).append('\n'));
    faults.stream()
        .limit(MAX_FAULTS)
        .forEach(fault -> text.append("* fault: ").append(fault).append('\n'));
    text.append("\n| process | counters at the end |\n|---|---|\n").append(counters);
    text.append("\nThreads and connections more than at the start: ")
        .append(trial.leaks().isEmpty() ? "none" : String.join("; ", trial.leaks()))
        .append(".\n");
    return text.toString();
  }

  private static String word(boolean green) {
    return green ? "green" : "RED";
  }

  private double elapsed() {
    return (System.nanoTime() - fromNanos) / 1e9;
  }

  private void pauseUntil(double seconds) {
    Trial.pause(Math.max(0, seconds - elapsed()));
  }

  private void note(String what) {
    diary.add(String.format(Locale.ROOT, "%.1f s: %s", elapsed(), what));
  }
}
