package io.starling.benchmarks.suite;

import io.starling.benchmarks.load.Fault;
import io.starling.benchmarks.load.Load;
import io.starling.benchmarks.load.Sample;
import io.starling.benchmarks.load.Workload;
import io.starling.benchmarks.report.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Measures the trials of a stage. In each repetition every contestant is measured once, one after
 * the other.
 */
final class Runner {
  private final Pace pace;
  private final Path logs;
  private final Consumer<String> console;
  private final List<Outcome> outcomes;

  /**
   * Nothing is started yet.
   *
   * @param outcomes gets the outcome of each trial, as soon as the trial has ended
   */
  Runner(Pace pace, Path logs, Consumer<String> console, List<Outcome> outcomes) {
    this.pace = pace;
    this.logs = logs;
    this.console = console;
    this.outcomes = outcomes;
  }

  private record Measured(Sample sample, Map<Fault, Long> faults) {}

  void run(Stage stage) throws IOException, InterruptedException {
    if (stage.fresh()) {
      runFresh(stage);
    } else {
      runWarm(stage);
    }
  }

  /** Starts a new server for each sample. */
  private void runFresh(Stage stage) throws IOException, InterruptedException {
    for (Trial trial : stage.trials()) {
      Map<String, List<Measured>> measured = new LinkedHashMap<>();
      for (int i = 0; i < pace.repetitions(trial) && !pace.over(); i++) {
        for (Contestant contestant : stage.contestants()) {
          try (Cluster cluster = Cluster.start(contestant, stage.hosts(), logs)) {
            add(measured, trial, cluster);
          }
        }
      }
      conclude(trial, measured);
    }
  }

  private void runWarm(Stage stage) throws IOException, InterruptedException {
    List<Cluster> clusters = new ArrayList<>();
    try {
      for (Contestant contestant : stage.contestants()) {
        clusters.add(Cluster.start(contestant, stage.hosts(), logs));
      }
      Duration warmUp = pace.warmUp();
      for (Trial trial : stage.trials()) {
        for (Cluster cluster : clusters) {
          warmUp(trial, cluster, warmUp);
        }
        warmUp = pace.furtherWarmUp();
        Map<String, List<Measured>> measured = new LinkedHashMap<>();
        for (int i = 0; i < pace.repetitions(trial) && !pace.over(); i++) {
          for (Cluster cluster : clusters) {
            add(measured, trial, cluster);
          }
        }
        conclude(trial, measured);
      }
    } finally {
      clusters.forEach(Cluster::close);
    }
  }

  private void warmUp(Trial trial, Cluster cluster, Duration duration) {
    if (idle(trial)) {
      long endNanos = System.nanoTime() + duration.toNanos();
      while (!pace.over() && System.nanoTime() < endNanos) {
        warmUpOnce(trial, cluster, Duration.ZERO);
      }
    } else if (!pace.over() && !duration.isZero()) {
      warmUpOnce(trial, cluster, duration);
    }
  }

  private void warmUpOnce(Trial trial, Cluster cluster, Duration duration) {
    try (Load load = Load.connect(pace.fitted(trial.workload()), cluster.hosts())) {
      load.warmUp(duration);
      load.finish();
    }
  }

  private static boolean idle(Trial trial) {
    return trial.workload().kind() == Workload.Kind.IDLE;
  }

  private void add(Map<String, List<Measured>> measured, Trial trial, Cluster cluster) {
    try (Load load = Load.connect(pace.fitted(trial.workload()), cluster.hosts())) {
      if (!idle(trial)) {
        load.warmUp(pace.settling());
      }
      Sample sample = load.measure(pace.sample());
      measured
          .computeIfAbsent(cluster.name(), name -> new ArrayList<>())
          .add(new Measured(sample, load.finish()));
    }
  }

  private void conclude(Trial trial, Map<String, List<Measured>> measured) {
    measured.forEach(
        (system, all) -> {
          Map<Fault, Long> faults = new EnumMap<>(Fault.class);
          all.forEach(one -> one.faults().forEach((f, count) -> faults.merge(f, count, Long::sum)));
          List<Sample> samples = all.stream().map(Measured::sample).toList();
          Outcome outcome = new Outcome(trial.column(), system, samples, faults);
          outcomes.add(outcome);
          console.accept(line(outcome));
        });
  }

  private static String line(Outcome outcome) {
    StringBuilder line =
        new StringBuilder(
            "%-40s %-22s %-22s"
                .formatted(outcome.column().table(), outcome.column().title(), outcome.system()));
    outcome
        .column()
        .figures()
        .forEach(f -> line.append("  %.2f %s".formatted(outcome.median(f), f.title())));
    Sample last = outcome.samples().get(outcome.samples().size() - 1);
    line.append(
        "  [generator %.2f µs, others %.1f cores]"
            .formatted(
                last.usage().ownMicros() / Math.max(1, last.operations()),
                last.usage().otherCores()));
    return outcome.faults().isEmpty() ? line.toString() : line + "  WRONG: " + outcome.faults();
  }
}
