package io.starling.benchmarks.report;

import io.starling.benchmarks.load.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes the report of a run to a folder: {@code results.md} with its plots, and {@code
 * results.csv}.
 */
public final class Report {
  private static final String BASELINE = "Node";

  private final String introduction;
  private final List<Outcome> outcomes;

  /**
   * The report of one run.
   *
   * @param introduction what was measured on which machine, in Markdown
   */
  public Report(String introduction, List<Outcome> outcomes) {
    this.introduction = introduction;
    this.outcomes = List.copyOf(outcomes);
  }

  /** Writes the report. Files of an earlier run are replaced. */
  public void write(Path folder) throws IOException {
    Files.createDirectories(folder);
    StringBuilder markdown = new StringBuilder(introduction);
    for (Map.Entry<String, List<Outcome>> table : tables().entrySet()) {
      List<Outcome> rows = table.getValue();
      String plot = table.getKey().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-") + ".svg";
      Files.writeString(folder.resolve(plot), plot(table.getKey(), rows));
      markdown.append("\n## ").append(table.getKey()).append("\n\n").append(table(rows));
      markdown.append("\n![").append(table.getKey()).append("](").append(plot).append(")\n");
    }
    Files.writeString(folder.resolve("results.md"), markdown);
    Files.writeString(folder.resolve("results.csv"), csv());
  }

  private Map<String, List<Outcome>> tables() {
    return outcomes.stream()
        .collect(
            Collectors.groupingBy(
                outcome -> outcome.column().table(), LinkedHashMap::new, Collectors.toList()));
  }

  private static String plot(String title, List<Outcome> rows) {
    return rows.get(0).column().point() ? Plot.lines(title, rows) : Plot.bars(title, rows);
  }

  /** A Markdown table with a row for each figure and a column for each system. */
  private static String table(List<Outcome> outcomes) {
    List<String> systems = outcomes.stream().map(Outcome::system).distinct().toList();
    List<String> head = new ArrayList<>(List.of("workload", "figure"));
    head.addAll(systems);
    StringBuilder markdown = new StringBuilder(line(head));
    markdown.append("|---|---|").append("---:|".repeat(systems.size())).append('\n');
    for (Column column : outcomes.stream().map(Outcome::column).distinct().toList()) {
      for (Figure figure : column.figures()) {
        List<String> cells = new ArrayList<>(List.of(column.title(), figure.title()));
        for (String system : systems) {
          cells.add(
              outcomes.stream()
                  .filter(each -> each.column().equals(column) && each.system().equals(system))
                  .map(each -> cell(each, figure, outcomes))
                  .findFirst()
                  .orElse("–"));
        }
        markdown.append(line(cells));
      }
    }
    List<String> faults = new ArrayList<>(List.of("all", "faults"));
    systems.forEach(system -> faults.add(faults(system, outcomes)));
    return markdown.append(line(faults)).toString();
  }

  private static String faults(String system, List<Outcome> outcomes) {
    Map<Fault, Long> faults =
        outcomes.stream()
            .filter(outcome -> outcome.system().equals(system))
            .flatMap(outcome -> outcome.faults().entrySet().stream())
            .collect(
                Collectors.groupingBy(
                    Map.Entry::getKey, Collectors.summingLong(Map.Entry::getValue)));
    return faults.isEmpty() ? "0" : faults.toString();
  }

  /** The median, the smallest and the largest value, and the ratio to the baseline. */
  private static String cell(Outcome own, Figure figure, List<Outcome> all) {
    double median = own.median(figure);
    String text = figure.text(median);
    if (own.samples().size() > 1) {
      double[] range = own.range(figure);
      text += " (" + figure.text(range[0]) + "–" + figure.text(range[1]) + ")";
    }
    double baseline = baseline(own, figure, all);
    return Double.isNaN(baseline) || baseline == 0
        ? text
        : text + String.format(Locale.ROOT, " **%.2f×**", median / baseline);
  }

  /** The median of the baseline system in the same column; NaN when it was not measured. */
  static double baseline(Outcome own, Figure figure, List<Outcome> all) {
    return all.stream()
        .filter(outcome -> outcome.column().equals(own.column()))
        .filter(outcome -> outcome.system().startsWith(BASELINE))
        .mapToDouble(outcome -> outcome.median(figure))
        .findFirst()
        .orElse(Double.NaN);
  }

  private static String line(List<String> cells) {
    return "| " + String.join(" | ", cells) + " |\n";
  }

  private String csv() {
    StringBuilder csv =
        new StringBuilder(
            "table;workload;system;repetition;seconds;operations;published;cpu_us_per_host;"
                + "grown_kib_per_host;p50_us;p99_us;generator_cpu_us;other_cores;faults\n");
    for (Outcome outcome : outcomes) {
      for (int i = 0; i < outcome.samples().size(); i++) {
        var sample = outcome.samples().get(i);
        var usage = sample.usage();
        csv.append(
            String.format(
                Locale.ROOT,
                "%s;%s;%s;%d;%.3f;%d;%d;%s;%s;%.1f;%.1f;%.0f;%.2f;%s%n",
                outcome.column().table(),
                outcome.column().title(),
                outcome.system(),
                i + 1,
                usage.seconds(),
                sample.operations(),
                sample.published(),
                usage.cpuMicros(),
                usage.grownKiB(),
                sample.p50Micros(),
                sample.p99Micros(),
                usage.ownMicros(),
                usage.otherCores(),
                outcome.faults()));
      }
    }
    return csv.toString();
  }
}
