package io.starling.benchmarks.suite;

import io.starling.benchmarks.load.Sample;
import io.starling.benchmarks.load.Usage;
import io.starling.benchmarks.report.Column;
import io.starling.benchmarks.report.Figure;
import io.starling.benchmarks.report.Outcome;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Measures emitters that send each line of a file as one event to a room. The emitters run in turn,
 * each in a new process for each sample. The processor time includes the start of the process.
 */
final class Emitters {
  static final String WORKLOAD = "emitter";

  private static final double MICROS = 1e6;

  private final Pace pace;
  private final Path folder;
  private final int lines;
  private final Consumer<String> console;
  private final List<Outcome> outcomes;

  /**
   * An emitter that is measured.
   *
   * @param most how many lines it is given at most, if it is too slow for all
   * @param command reads the lines from its standard input, and ends with status 0 after the last
   */
  record Contender(String name, int most, List<String> command) {}

  /**
   * The emitters for one broker.
   *
   * @param hosts the servers that receive the events; they run during all samples
   */
  record Race(String broker, List<Contestant> hosts, List<Contender> contenders) {}

  /**
   * Nothing is started yet.
   *
   * @param folder where the input and the output of the processes are kept
   * @param lines how many lines an emitter is given
   * @param outcomes gets the outcome of each emitter
   */
  Emitters(Pace pace, Path folder, int lines, Consumer<String> console, List<Outcome> outcomes) {
    this.pace = pace;
    this.folder = folder;
    this.lines = lines;
    this.console = console;
    this.outcomes = outcomes;
  }

  /** Measures the emitters of one broker in turn, as many times as the pace says. */
  void run(Race race) throws IOException, InterruptedException {
    Column column =
        new Column("Emitters", race.broker(), List.of(Figure.CPU_OF_A_LINE, Figure.RATE));
    Map<String, List<Sample>> samples = new LinkedHashMap<>();
    List<Cluster> clusters = new ArrayList<>();
    try {
      for (Contestant host : race.hosts()) {
        clusters.add(Cluster.start(host, 1, folder));
      }
      for (int i = 0; i < pace.repetitionsOfAFreshProcess() && !pace.over(); i++) {
        for (Contender contender : race.contenders()) {
          Sample sample = measure(contender);
          samples.computeIfAbsent(contender.name(), name -> new ArrayList<>()).add(sample);
        }
      }
    } finally {
      clusters.forEach(Cluster::close);
    }
    samples.forEach(
        (name, all) -> {
          Outcome outcome = new Outcome(column, name, all, Map.of());
          outcomes.add(outcome);
          console.accept(line(outcome));
        });
  }

  private static String line(Outcome outcome) {
    return "%-40s %-22s %-30s  %.2f CPU µs of a line  %.0f lines/s"
        .formatted(
            outcome.column().table(),
            outcome.column().title(),
            outcome.system(),
            outcome.median(Figure.CPU_OF_A_LINE),
            outcome.median(Figure.RATE));
  }

  private Sample measure(Contender contender) throws IOException, InterruptedException {
    int given = Math.min(lines, contender.most());
    Path output = Files.createTempFile(folder, "emitter-", ".log");
    // The shell tells how much processor time its child used in all, which /proc forgets at its
    // end.
    List<String> command =
        new ArrayList<>(List.of("bash", "-c", "TIMEFORMAT='%R %U %S'; time \"$@\"", "emitter"));
    command.addAll(contender.command());
    Process process =
        new ProcessBuilder(command)
            .redirectInput(input(given).toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    Thread hook = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(hook);
    int status = process.waitFor();
    Runtime.getRuntime().removeShutdownHook(hook);
    if (status != 0) {
      throw new IOException(contender.name() + ": status " + status + ", see " + output);
    }
    List<String> told = Files.readAllLines(output);
    String[] times = told.get(told.size() - 1).split(" ", -1);
    double cpu = Double.parseDouble(times[1]) + Double.parseDouble(times[2]);
    Usage usage =
        new Usage(Double.parseDouble(times[0]), List.of(cpu * MICROS), List.of(0.0), 0, 0);
    return new Sample(usage, given, given, 0, 0);
  }

  private Path input(int count) throws IOException {
    Path file = folder.resolve(count + ".ndjson");
    if (!Files.exists(file)) {
      try (BufferedWriter writer = Files.newBufferedWriter(file)) {
        for (int i = 0; i < count; i++) {
          writer.write(
              "{\"event\":\"price\",\"args\":[{\"symbol\":\"S%d\",\"eur\":%d.25,\"number\":%d}],\"rooms\":[\"news\"]}%n"
                  .formatted(i % 500, i % 1_000, i));
        }
      }
    }
    return file;
  }
}
