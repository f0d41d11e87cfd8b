package io.starling.benchmarks.suite;

import static io.starling.benchmarks.report.Figure.BYSTANDER;
import static io.starling.benchmarks.report.Figure.CONNECT;
import static io.starling.benchmarks.report.Figure.CPU;
import static io.starling.benchmarks.report.Figure.MEMORY;
import static io.starling.benchmarks.report.Figure.P50;
import static io.starling.benchmarks.report.Figure.P99;
import static io.starling.benchmarks.report.Figure.RATE;

import io.starling.benchmarks.load.Workload;
import io.starling.benchmarks.load.Workload.Placement;
import io.starling.benchmarks.report.Column;
import io.starling.benchmarks.report.Figure;
import java.util.List;
import java.util.stream.IntStream;

/** All workloads. The option {@code --workloads} chooses them by the beginnings of their names. */
final class Catalog {
  private static final int MANY = 1_000;
  private static final int IDLE = 10_000;

  private Catalog() {}

  static List<Trial> idle() {
    Column column = new Column("Idle connections", IDLE + " clients", List.of(MEMORY, CONNECT));
    return List.of(new Trial(Workload.idle("idle", IDLE), column, true));
  }

  /** New connections to a server that has been warmed up by many others. */
  static List<Trial> connect() {
    return List.of(
        trial(
            Workload.idle("connect", IDLE),
            "Connecting to a warmed-up server",
            IDLE + " clients",
            CONNECT));
  }

  static List<Trial> oneHost() {
    return List.of(
        oneHost(Workload.echo("echo", 200, 8), "echo 200×8"),
        oneHost(Workload.broadcast("broadcast", MANY, 1), "w1 64 B"),
        oneHost(Workload.broadcast("broadcast", MANY, 8), "w8 64 B"),
        oneHost(Workload.broadcast("broadcast", MANY, 1).payload(1_024), "w1 1 KiB"),
        oneHost(Workload.broadcast("broadcast", MANY, 8).payload(1_024), "w8 1 KiB"),
        oneHost(Workload.broadcast("rooms", MANY, 8).rooms(100), "100 rooms w8"));
  }

  private static Trial oneHost(Workload workload, String title) {
    return trial(workload, "One host", title, CPU, P50, P99);
  }

  /**
   * Clients on one host publish, and clients on the other host or on both receive. The trial with
   * the most messages comes first: they let the JVM compile the code of the bus.
   */
  static List<Trial> twoHosts() {
    String table = "Two hosts, 5 clients on the other one";
    Workload few = Workload.broadcast("cluster-remote", 5, 256).placed(Placement.SECOND_HOST);
    Workload many = Workload.broadcast("cluster-broadcast", MANY, 1);
    return List.of(
        trial(few, table, "w256", RATE),
        trial(few.perSecond(200), table, "200 messages/s", P50, P99),
        trial(many, "Two hosts", "500 + 500 clients, w1", CPU, P99));
  }

  /**
   * The members of all rooms are on the second host, so that two of the hosts receive nothing but
   * messages for others.
   */
  static List<Trial> fourHosts() {
    return List.of(
        trial(
            Workload.broadcast("cluster-bystander", 100, 64)
                .rooms(100)
                .placed(Placement.SECOND_HOST),
            "Four hosts, members on one",
            "100 rooms of 1",
            BYSTANDER,
            RATE));
  }

  static List<Trial> connections() {
    return IntStream.of(100, 1_000, 10_000)
        .mapToObj(
            count ->
                point(
                    Workload.broadcast("scale-connections", count, 1),
                    "CPU of a delivery by connections",
                    count))
        .toList();
  }

  static List<Trial> rooms() {
    return IntStream.of(1, 10, 100, 10_000)
        .mapToObj(
            count ->
                point(
                    Workload.broadcast("scale-rooms", MANY, 8).rooms(count),
                    "CPU of a delivery by rooms",
                    count))
        .toList();
  }

  static List<Trial> payload() {
    return IntStream.of(64, 1_024, 16_384, 65_536)
        .mapToObj(
            bytes ->
                point(
                    Workload.broadcast("scale-payload", 100, 1).payload(bytes),
                    "CPU of a delivery by payload bytes",
                    bytes))
        .toList();
  }

  static List<Trial> hosts(int hosts) {
    return List.of(
        point(
            Workload.broadcast("scale-hosts", MANY, 1),
            "CPU of a delivery by hosts on Redis",
            hosts));
  }

  private static Trial point(Workload workload, String table, int x) {
    return trial(workload, table, Integer.toString(x), CPU);
  }

  private static Trial trial(Workload workload, String table, String title, Figure... figures) {
    return new Trial(workload, new Column(table, title, List.of(figures)), false);
  }
}
