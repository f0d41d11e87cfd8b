package io.starling.integration.failures;

import io.starling.integration.failures.Rows.Row;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a row did on one back end.
 *
 * @param noticedMillis from the harm to the first report of a host; −1 if none noticed
 * @param recoveredMillis from the end of the harm until everybody was UP and heard everybody; −1 if
 *     that was not so in time
 * @param counts the counters of all living hosts together
 * @param warnings lines of the log from WARN on: how many, and each text once
 * @param leaks a line for each host that has more threads or connections than before
 */
record Outcome(
    Row row,
    BackEnd backEnd,
    Ledger.Verdict verdict,
    long noticedMillis,
    long recoveredMillis,
    Map<String, Long> counts,
    long warnings,
    List<String> texts,
    List<String> leaks) {
  private static final int MAX_FAULTS = 10;
  private static final List<String> COUNTERS =
      List.of("missing", "repaired", "duplicates", "publish_failures", "refused");

  private static final List<String> COLUMNS =
      List.of(
          "row",
          "back end",
          "result",
          "missing",
          "given back",
          "counted by receivers",
          "twice",
          "out of order",
          "missed by a client while not connected",
          "counters of all hosts: missing, repaired, duplicates, failed, refused",
          "noticed after",
          "recovered after",
          "warnings",
          "more threads or connections");

  /** The beginning of the table whose rows {@link #line} makes. */
  static final String HEADER =
      "| " + String.join(" | ", COLUMNS) + " |\n" + "|---".repeat(COLUMNS.size()) + "|\n";

  static Outcome of(Row row, BackEnd backEnd, Trial trial, long recovered) {
    Ledger.Verdict verdict = trial.conclude();
    Map<String, Long> counts = new LinkedHashMap<>();
    List<String> warnings = new ArrayList<>();
    for (Member member : trial.members()) {
      warnings.addAll(member.warnings());
      if (member.process().isAlive()) {
        Map<String, String> report = member.report();
        COUNTERS.forEach(name -> counts.merge(name, Member.number(report, name), Long::sum));
      }
    }
    return new Outcome(
        row,
        backEnd,
        verdict,
        trial.noticed(),
        recovered,
        counts,
        warnings.size(),
        warnings.stream().map(Outcome::withoutThread).distinct().sorted().toList(),
        trial.leaks());
  }

  /** The outcome of a row that could not be run to its end. */
  static Outcome broken(Row row, BackEnd backEnd, Throwable why) {
    List<String> faults = List.of("the row did not end: " + why);
    return new Outcome(
        row,
        backEnd,
        new Ledger.Verdict(0, 0, 0, 0, 0, 0, faults),
        -1,
        -1,
        Map.of(),
        0,
        List.of(),
        List.of());
  }

  private static String withoutThread(String line) {
    return line.replaceFirst("^\\[[^]]*\\] ", "");
  }

  boolean green() {
    return verdict.green() && recoveredMillis >= 0;
  }

  /** One row of the table that {@link #HEADER} begins. */
  String line() {
    return "| `%s` | %s | %s | %d%s | %d | %d | %d | %d | %d | %s | %s | %s | %d | %s |%n"
        .formatted(
            row.name(),
            backEnd.word(),
            green() ? "green" : "RED",
            verdict.missing(),
            verdict.unknown() > 0 ? " (and " + verdict.unknown() + " unknown)" : "",
            verdict.givenBack(),
            verdict.missing() - verdict.givenBack(),
            verdict.twice(),
            verdict.outOfOrder(),
            verdict.away(),
            String.join(", ", counts.values().stream().map(Object::toString).toList()),
            seconds(noticedMillis),
            seconds(recoveredMillis),
            warnings,
            leaks.isEmpty() ? "none" : String.join("; ", leaks));
  }

  /** The faults and the log, for those who want to know why. */
  String details() {
    StringBuilder text =
        new StringBuilder("\n### `%s`, %s%n%n".formatted(row.name(), backEnd.word()));
    verdict.faults().stream()
        .limit(MAX_FAULTS)
        .forEach(fault -> text.append("* fault: ").append(fault).append('\n'));
    if (verdict.faults().size() > MAX_FAULTS) {
      text.append("* and %d faults more%n".formatted(verdict.faults().size() - MAX_FAULTS));
    }
    texts.forEach(line -> text.append("* `").append(line).append("`\n"));
    return text.toString();
  }

  static String seconds(long millis) {
    return millis < 0 ? "–" : String.format(Locale.ROOT, "%.1f s", millis / 1_000.0);
  }
}
