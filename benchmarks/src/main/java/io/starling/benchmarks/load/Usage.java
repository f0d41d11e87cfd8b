package io.starling.benchmarks.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What processes used between two moments, read from the Linux {@code /proc} file system.
 *
 * @param seconds the time between the two moments
 * @param cpuMicros the user and system time of each host, in microseconds
 * @param grownKiB by how much the resident memory of each host grew, in KiB
 * @param ownMicros the user and system time of this process, in microseconds
 * @param otherCores how many processors all other processes kept busy on average
 */
public record Usage(
    double seconds,
    List<Double> cpuMicros,
    List<Double> grownKiB,
    double ownMicros,
    double otherCores) {
  /**
   * The unit of processor times in {@code /proc}, which is 1/100 s on every Linux that runs a JVM.
   */
  private static final double TICK_MICROS = 10_000;

  private static final int USER_TIME = 11;
  private static final int[] BUSY_COLUMNS = {1, 2, 3, 6, 7};

  /** The counters at one moment. */
  record Snapshot(
      long nanos, List<Double> cpuMicros, List<Double> residentKiB, double own, double machine) {}

  /** The user and system time of all hosts together, in microseconds. */
  public double totalCpuMicros() {
    return cpuMicros.stream().mapToDouble(Double::doubleValue).sum();
  }

  /** By how much the resident memory of all hosts together grew, in KiB. */
  public double totalGrownKiB() {
    return grownKiB.stream().mapToDouble(Double::doubleValue).sum();
  }

  static Snapshot take(List<Host> hosts) {
    List<Double> cpu = hosts.stream().map(host -> cpuMicros(Long.toString(host.pid()))).toList();
    List<Double> memory = hosts.stream().map(host -> residentKiB(host.pid())).toList();
    return new Snapshot(System.nanoTime(), cpu, memory, cpuMicros("self"), machineMicros());
  }

  static Usage between(Snapshot begin, Snapshot end) {
    double seconds = (end.nanos - begin.nanos) / 1e9;
    List<Double> cpu = minus(end.cpuMicros, begin.cpuMicros);
    double own = end.own - begin.own;
    double known = own + cpu.stream().mapToDouble(Double::doubleValue).sum();
    double others = (end.machine - begin.machine - known) / 1e6 / seconds;
    return new Usage(
        seconds, cpu, minus(end.residentKiB, begin.residentKiB), own, Math.max(0, others));
  }

  private static List<Double> minus(List<Double> end, List<Double> begin) {
    List<Double> difference = new ArrayList<>();
    for (int i = 0; i < end.size(); i++) {
      difference.add(end.get(i) - begin.get(i));
    }
    return List.copyOf(difference);
  }

  private static double cpuMicros(String process) {
    String stat = lines("/proc/" + process + "/stat").get(0);
    String[] columns = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long ticks = Long.parseLong(columns[USER_TIME]) + Long.parseLong(columns[USER_TIME + 1]);
    return ticks * TICK_MICROS;
  }

  private static double residentKiB(long pid) {
    return lines("/proc/" + pid + "/smaps_rollup").stream()
        .filter(line -> line.startsWith("Rss:"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")))
        .sum();
  }

  private static double machineMicros() {
    String[] columns = lines("/proc/stat").get(0).split(" +", -1);
    double ticks = 0;
    for (int column : BUSY_COLUMNS) {
      ticks += Double.parseDouble(columns[column]);
    }
    return ticks * TICK_MICROS;
  }

  private static List<String> lines(String file) {
    try {
      return Files.readAllLines(Path.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
