package io.starling.benchmarks.suite;

import com.sun.management.UnixOperatingSystemMXBean;
import io.starling.benchmarks.report.Outcome;
import io.starling.benchmarks.report.Report;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line of {@code benchmarks/run}. */
@Command(
    name = "benchmarks/run",
    description = "Measures Starling and its peers in turn, on the loopback of this machine.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
public final class RunCommand implements Callable<Integer> {
  /** How many files a process needs besides its connections. */
  private static final int OTHER_FILES = 200;

  private static final int MOST_CLIENTS = 10_000;
  private static final int QUICK_CLIENTS = 20;
  private static final double QUICK_SECONDS = 0.2;
  private static final int QUICK_LINES = 1_000;

  @Option(names = "--root", hidden = true)
  private Path root = Path.of("");

  @Option(
      names = "--systems",
      split = ",",
      defaultValue = "starling,node,netty-socketio,python-socketio",
      description = "which are measured")
  private Set<String> systems = Set.of();

  @Option(
      names = "--brokers",
      split = ",",
      defaultValue = "redis,rabbitmq,kafka",
      description = "between the hosts of a cluster")
  private Set<String> brokers = Set.of();

  @Option(
      names = "--workloads",
      split = ",",
      defaultValue = "idle,connect,echo,broadcast,rooms,cluster,scale,emitter",
      description = "by the beginnings of their names, such as cluster-remote or scale-rooms")
  private Set<String> workloads = Set.of();

  @Option(names = "--repetitions", defaultValue = "5", description = "of each sample")
  private int repetitions;

  @Option(names = "--lines", defaultValue = "1000000", description = "that an emitter is given")
  private int lines;

  @Option(names = "--seconds", defaultValue = "2", description = "of a sample")
  private double seconds;

  @Option(names = "--warm-up", defaultValue = "20", description = "seconds, for each system")
  private double warmUpSeconds;

  @Option(
      names = "--minutes",
      defaultValue = "40",
      description = "when no sample is taken any more")
  private int minutes;

  @Option(
      names = "--output",
      defaultValue = "benchmarks/results",
      description = "folder of the report")
  private Path output = Path.of("");

  @Option(names = "--quick", description = "few clients, one short sample: shows that it works")
  private boolean quick;

  /** Exits with status 1 when a measurement failed or a server made a fault. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new RunCommand()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    // Each run has its own folder, since Kafka keeps its data there.
    Path logs =
        Files.createTempDirectory(
            Files.createDirectories(root.resolve("benchmarks/target/run")), "");
    Systems commands = new Systems(root);
    List<Outcome> outcomes = new ArrayList<>();
    Runner runner = new Runner(pace(), logs, System.out::println, outcomes);
    String introduction = Machine.here().introduction(quick ? 1 : repetitions, seconds);
    Plan.Choice choice = new Plan.Choice(systems, brokers, workloads, quick);
    Emitters emitters =
        new Emitters(pace(), logs, quick ? QUICK_LINES : lines, System.out::println, outcomes);
    boolean right = true;
    try (Brokers running = new Brokers(logs, commands.libraries())) {
      Plan plan = new Plan(commands, running, choice, System.out::println);
      for (Stage stage : plan.stages()) {
        right &= ran(() -> runner.run(stage));
        new Report(introduction, outcomes).write(output);
      }
      for (Emitters.Race race : plan.races()) {
        right &= ran(() -> emitters.run(race));
        new Report(introduction, outcomes).write(output);
      }
    }
    right &= outcomes.stream().allMatch(outcome -> outcome.faults().isEmpty());
    System.out.println("report: " + output.resolve("results.md"));
    return right ? 0 : 1;
  }

  /** Measures something. */
  private interface Measurement {
    void run() throws IOException, InterruptedException;
  }

  /** Measures. Returns whether that did not fail. The run goes on in any case. */
  private static boolean ran(Measurement measurement) throws InterruptedException {
    try {
      measurement.run();
      return true;
    } catch (IOException | UncheckedIOException e) {
      System.out.println("FAILED: " + e.getMessage());
      return false;
    }
  }

  private Pace pace() {
    Instant deadline = Instant.now().plus(Duration.ofMinutes(minutes));
    if (quick) {
      return new Pace(1, millis(QUICK_SECONDS), Duration.ZERO, QUICK_CLIENTS, deadline);
    }
    return new Pace(repetitions, millis(seconds), millis(warmUpSeconds), maxClients(), deadline);
  }

  private static Duration millis(double seconds) {
    return Duration.ofMillis(Math.round(seconds * 1_000));
  }

  private static int maxClients() {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
      long files = system.getMaxFileDescriptorCount() - OTHER_FILES;
      if (files < MOST_CLIENTS) {
        System.out.println("notice: at most " + files + " clients, as ulimit -n has it");
        return (int) files;
      }
    }
    return MOST_CLIENTS;
  }
}
