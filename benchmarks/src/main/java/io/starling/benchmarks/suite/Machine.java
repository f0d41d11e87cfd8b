package io.starling.benchmarks.suite;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** The description of the machine that a report contains. */
record Machine(int cores, String processor, String kernel, String java, String node) {
  static Machine here() throws IOException {
    String processor =
        Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
            .filter(line -> line.startsWith("model name"))
            .map(line -> line.substring(line.indexOf(':') + 2))
            .findFirst()
            .orElse("unknown processor");
    return new Machine(
        Runtime.getRuntime().availableProcessors(),
        processor,
        System.getProperty("os.version"),
        Runtime.version().toString(),
        nodeVersion());
  }

  private static String nodeVersion() {
    try {
      Process node = new ProcessBuilder("node", "--version").redirectErrorStream(true).start();
      return new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return "none";
    }
  }

  String introduction(int repetitions, double seconds) {
    return """
        # What a run of benchmarks/run measured

        %s, UTC. %d cores (%s), Linux %s, JDK %s, Node %s; load generator, servers and brokers share them.
        Median of at most %d samples of %s s, the systems in turn (smallest–largest), and the ratio to Node.
        One operation is a delivery or an ack; *w* is how many broadcasts, or acks for each client, are open at
        once. Faults are missing, duplicate, reordered, misrouted or malformed deliveries and lost connections.
        What the figures mean: [benchmarks.md](../../docs/benchmarks.md).
        """
        .formatted(
            LocalDate.now(ZoneOffset.UTC),
            cores,
            processor,
            kernel,
            java,
            node,
            repetitions,
            seconds);
  }
}
