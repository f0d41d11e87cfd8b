package io.starling.benchmarks.suite;

import io.starling.benchmarks.client.ClientProcess;
import io.starling.benchmarks.client.Measurement;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line of {@code benchmarks/clients}. */
@Command(
    name = "benchmarks/clients",
    description =
        "Measures Starling's client and the official Java client in turn, both connected to a"
            + " Starling server over WebSocket.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
public final class ClientsCommand implements Callable<Integer> {
  private static final String OURS = "ours";
  private static final String OFFICIAL = "official";

  @Option(names = "--root", hidden = true)
  private Path root = Path.of("");

  @Option(names = "--repetitions", defaultValue = "5", description = "of each sample")
  private int repetitions;

  @Option(names = "--seconds", defaultValue = "5", description = "of a sample")
  private double seconds;

  @Option(names = "--warm-up", defaultValue = "10", description = "seconds, for each library")
  private double warmUp;

  @Option(names = "--idle", defaultValue = "1000", description = "connections of both libraries")
  private int idle;

  @Option(names = "--most", defaultValue = "5000", description = "connections of Starling's client")
  private int most;

  @Option(names = "--quick", description = "few clients, one short sample: shows that it works")
  private boolean quick;

  /** Exits with status 1 when a delivery was missing, twice or out of order. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new ClientsCommand()).execute(arguments));
  }

  /** A measured library, and its samples of one work. */
  private record Samples(Map<String, List<Measurement>> of) {
    double median(String library, ToDoubleFunction<Measurement> figure) {
      double[] sorted =
          of.getOrDefault(library, List.of()).stream().mapToDouble(figure).sorted().toArray();
      return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    }
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path logs =
        Files.createTempDirectory(
            Files.createDirectories(root.resolve("benchmarks/target/run")), "clients-");
    int clients = quick ? 10 : 200;
    boolean right = true;
    try (Cluster server = Cluster.start(new Systems(root).starling(), 1, logs)) {
      String url = "http://127.0.0.1:" + server.hosts().get(0).address().getPort();
      System.out.println("work                          library    CPU µs    KiB   threads  1/s");
      right &= busy("echo " + clients + " 8", url);
      right &= busy("receive " + clients + " 8", url);
      Samples idling = new Samples(new LinkedHashMap<>());
      for (String library : List.of(OURS, OFFICIAL)) {
        add(idling, library, fresh(library, url, "idle " + (quick ? clients : idle)));
      }
      report("idle", idling, Measurement::kiBPerConnection);
      if (!quick) {
        fresh(OURS, url, "idle " + most);
      }
    }
    return right ? 0 : 1;
  }

  /** The libraries in turn, each in one process that stays warm. */
  private boolean busy(String work, String url) throws IOException {
    Samples samples = new Samples(new LinkedHashMap<>());
    try (Jvm ours = Jvm.start(OURS, url);
        Jvm official = Jvm.start(OFFICIAL, url)) {
      double warm = quick ? 0.2 : warmUp;
      for (int i = 0; i < (quick ? 1 : repetitions); i++) {
        for (Jvm jvm : List.of(ours, official)) {
          String task = work + " " + warm + " " + (quick ? 0.5 : seconds);
          add(samples, jvm.library(), print(work, jvm.library(), jvm.run(task)));
        }
        warm = Math.min(warm, 1);
      }
    }
    report(work, samples, Measurement::cpuMicrosPerOperation);
    return samples.of().values().stream()
        .flatMap(List::stream)
        .allMatch(sample -> sample.faults() == 0 && sample.operations() > 0);
  }

  private static Measurement fresh(String library, String url, String task) throws IOException {
    try (Jvm jvm = Jvm.start(library, url)) {
      return print(task, library, jvm.run(task));
    }
  }

  private static void add(Samples samples, String library, Measurement measured) {
    samples.of().computeIfAbsent(library, name -> new ArrayList<>()).add(measured);
  }

  private static Measurement print(String work, String library, Measurement measured) {
    System.out.printf(
        Locale.ROOT,
        "%-30s%-9s%8.2f%7.1f%10d%9.0f%s%n",
        work,
        library,
        measured.cpuMicrosPerOperation(),
        measured.kiBPerConnection(),
        measured.threads(),
        measured.operations() / measured.seconds(),
        measured.faults() == 0 ? "" : "  FAULTS " + measured.faults());
    return measured;
  }

  private static void report(
      String work, Samples samples, ToDoubleFunction<Measurement> figure) {
    double ours = samples.median(OURS, figure);
    double official = samples.median(OFFICIAL, figure);
    System.out.printf(
        Locale.ROOT, "%s: ours %.2f, official %.2f, ratio %.2f%n", work, ours, official, ours / official);
  }

  /** A process with clients of one library. */
  private record Jvm(String library, Process process, BufferedReader output, PrintWriter input)
      implements AutoCloseable {
    static Jvm start(String library, String url) throws IOException {
      List<String> command =
          List.of(
              Systems.java(),
              "-Xmx1g",
              "-XX:+UseSerialGC",
              "-cp",
              System.getProperty("java.class.path"),
              ClientProcess.class.getName(),
              library,
              url);
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
      return new Jvm(
          library,
          process,
          process.inputReader(StandardCharsets.UTF_8),
          new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true));
    }

    Measurement run(String task) throws IOException {
      input.println(task);
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (Measurement.isOne(line)) {
          return Measurement.parse(line);
        }
      }
      throw new IOException(library + ": ended during \"" + task + "\"");
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }
}
