package io.starling.benchmarks.client;

/**
 * What a process with clients used, printed as one line for the process that asked.
 *
 * @param operations acks or deliveries in the measured time; connections of an idle process
 * @param cpuMicros user and system time of the process in that time
 * @param residentKiB by how much the resident memory of the process grew while it connected
 * @param threads how many threads the process has
 * @param faults deliveries that were missing, twice or out of order
 */
public record Measurement(
    long operations, double seconds, double cpuMicros, double residentKiB, int threads, long faults) {
  private static final String MARK = "measured ";

  String line() {
    return MARK
        + String.join(
            " ",
            Long.toString(operations),
            Double.toString(seconds),
            Double.toString(cpuMicros),
            Double.toString(residentKiB),
            Integer.toString(threads),
            Long.toString(faults));
  }

  public static boolean isOne(String line) {
    return line.startsWith(MARK);
  }

  public static Measurement parse(String line) {
    String[] words = line.substring(MARK.length()).split(" ", -1);
    return new Measurement(
        Long.parseLong(words[0]),
        Double.parseDouble(words[1]),
        Double.parseDouble(words[2]),
        Double.parseDouble(words[3]),
        Integer.parseInt(words[4]),
        Long.parseLong(words[5]));
  }

  public double cpuMicrosPerOperation() {
    return cpuMicros / Math.max(1, operations);
  }

  public double kiBPerConnection() {
    return residentKiB / Math.max(1, operations);
  }
}
