package io.starling.benchmarks.suite;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Chooses the stages of a run, by what the command line asks for and which brokers can be started.
 */
final class Plan {
  private final Systems commands;
  private final Brokers running;
  private final Choice choice;
  private final Consumer<String> console;
  private final List<Stage> stages = new ArrayList<>();

  /**
   * The choice of the command line.
   *
   * @param workloads the beginnings of the names of the workloads
   * @param quick whether only the last point of each curve is measured
   */
  record Choice(Set<String> systems, Set<String> brokers, Set<String> workloads, boolean quick) {
    boolean has(Trial trial) {
      return has(trial.workload().name());
    }

    boolean has(String workload) {
      return workloads.stream().anyMatch(workload::startsWith);
    }
  }

  /** Makes what needs a broker; fails if the broker cannot be started. */
  private interface Opening<T> {
    T open() throws IOException, InterruptedException;
  }

  Plan(Systems commands, Brokers running, Choice choice, Consumer<String> console) {
    this.commands = commands;
    this.running = running;
    this.choice = choice;
    this.console = console;
  }

  /**
   * The chosen stages. Starts the brokers that they need. A broker that cannot be started is left
   * out, with a notice.
   */
  List<Stage> stages() throws InterruptedException {
    List<Contestant> all = single(List.of("starling", "node", "netty-socketio"));
    List<Contestant> two = single(List.of("starling", "node"));
    add(1, all, Catalog.idle());
    add(1, all, Catalog.connect());
    add(1, all, Catalog.oneHost());
    add(
        1,
        two,
        Stream.of(Catalog.connections(), Catalog.rooms(), Catalog.payload())
            .flatMap(points -> curve(points).stream())
            .toList());
    if (List.of(Catalog.twoHosts(), Catalog.fourHosts(), Catalog.hosts(1)).stream()
        .flatMap(List::stream)
        .anyMatch(choice::has)) {
      List<Contestant> clusters = clusters();
      add(2, clusters, Catalog.twoHosts());
      add(4, choice.quick() ? clusters.stream().limit(1).toList() : clusters, Catalog.fourHosts());
      for (int hosts : choice.quick() ? List.of(2) : List.of(1, 2, 4)) {
        add(hosts, onRedis(clusters), Catalog.hosts(hosts));
      }
    }
    return stages;
  }

  /** The chosen emitters, broker by broker. Starts the brokers that they need. */
  List<Emitters.Race> races() throws InterruptedException {
    List<Emitters.Race> races = new ArrayList<>();
    if (choice.has(Emitters.WORKLOAD)) {
      open(races, "redis", () -> race("Redis", running.redis()));
      open(races, "rabbitmq", () -> race("RabbitMQ", running.rabbitMq()));
      open(races, "kafka", () -> race("Kafka", running.kafka()));
    }
    return races;
  }

  /**
   * Starling emits to a host of its own, and Node to one of its own. Nobody hears python-socketio.
   */
  private Emitters.Race race(String broker, String url) throws InterruptedException {
    List<Contestant> hosts = new ArrayList<>();
    List<Emitters.Contender> contenders = new ArrayList<>();
    if (choice.systems().contains("starling")) {
      hosts.add(commands.starling(broker, url));
      contenders.add(commands.starlingEmitter(url));
    }
    if (choice.systems().contains("node") && broker.equals("Redis")) {
      hosts.add(commands.nodeRedis(url));
      contenders.add(commands.nodeEmitter(url));
    }
    if (choice.systems().contains("python-socketio") && !broker.equals("Kafka")) {
      open(contenders, broker.toLowerCase(Locale.ROOT), () -> commands.pythonEmitter(url));
    }
    return new Emitters.Race(broker, hosts, contenders);
  }

  private void add(int hosts, List<Contestant> contestants, List<Trial> trials) {
    List<Trial> chosen = trials.stream().filter(choice::has).toList();
    if (!chosen.isEmpty() && !contestants.isEmpty()) {
      stages.add(new Stage(hosts, contestants, chosen));
    }
  }

  private List<Trial> curve(List<Trial> trials) {
    return choice.quick() ? trials.subList(trials.size() - 1, trials.size()) : trials;
  }

  private List<Contestant> single(List<String> names) {
    return names.stream()
        .filter(choice.systems()::contains)
        .map(
            name ->
                switch (name) {
                  case "starling" -> commands.starling();
                  case "node" -> commands.node();
                  default -> commands.nettySocketIo();
                })
        .toList();
  }

  private List<Contestant> clusters() throws InterruptedException {
    List<Contestant> clusters = new ArrayList<>();
    if (choice.systems().contains("starling")) {
      open(clusters, "redis", () -> commands.starling("Redis", running.redis()));
      open(clusters, "rabbitmq", () -> commands.starling("RabbitMQ", running.rabbitMq()));
      open(clusters, "kafka", () -> commands.starling("Kafka", running.kafka()));
    }
    if (choice.systems().contains("node")) {
      open(clusters, "redis", () -> commands.nodeRedis(running.redis()));
    }
    return clusters;
  }

  private <T> void open(List<T> opened, String broker, Opening<T> opening)
      throws InterruptedException {
    if (choice.brokers().contains(broker)) {
      try {
        opened.add(opening.open());
      } catch (IOException e) {
        console.accept("notice: left out on " + broker + ": " + e.getMessage());
      }
    }
  }

  private static List<Contestant> onRedis(List<Contestant> clusters) {
    return clusters.stream().filter(cluster -> cluster.name().endsWith("Redis")).toList();
  }
}
