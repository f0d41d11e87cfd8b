package io.starling.integration.failures;

import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;

import io.starling.integration.process.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A {@link NumberedHost} in a process of its own, and what it told. */
final class Member implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern WARNING = Pattern.compile(" (WARN|ERROR) ");

  private final String name;
  private final ChildProcess process;
  private final List<String> ready;
  private final NavigableMap<Long, String> labels = new TreeMap<>();
  private boolean killed;

  private Member(String name, ChildProcess process, List<String> ready) {
    this.name = name;
    this.process = process;
    this.ready = ready;
  }

  /** Something that a process told: when, what, and the words that belong to it. */
  record Event(long millis, String name, List<String> words) {}

  /** Starts a process without waiting for it. */
  static ChildProcess launch(String kind, String name, String url, String prefix, int port) {
    return ChildProcess.start(
        kind + " " + name,
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            NumberedHost.class.getName(),
            kind,
            name,
            url,
            prefix,
            Integer.toString(port)));
  }

  /** Waits until a process takes part. */
  static Member awaitReady(String name, ChildProcess process) {
    process.awaitLine(Pattern.compile("^# \\d+ ready"), PATIENCE);
    return new Member(name, process, named(process, "ready").get(0).words());
  }

  /** Everything of this name that a process told. */
  static List<Event> named(ChildProcess process, String event) {
    return process.lines().stream()
        .filter(line -> line.startsWith(Telling.START) && line.contains(" " + event))
        .map(line -> List.of(line.split(" ", -1)))
        .filter(words -> words.get(2).equals(event))
        .map(w -> new Event(Long.parseLong(w.get(1)), event, w.subList(3, w.size())))
        .toList();
  }

  String name() {
    return name;
  }

  /** 0 for an emitter. */
  int port() {
    return Integer.parseInt(ready.get(0));
  }

  boolean isEmitter() {
    return port() == 0;
  }

  String url() {
    return "http://127.0.0.1:" + port();
  }

  /** Its id on the bus. The one of an emitter is known when it has stopped sending. */
  String id() {
    return isEmitter() ? named("origin").get(0).words().get(0) : ready.get(1);
  }

  ChildProcess process() {
    return process;
  }

  List<Event> named(String event) {
    return named(process, event);
  }

  void tell(String command) {
    process.tell(command);
  }

  /** Tells it something, and waits for one more event of this name. */
  Event ask(String command, String answer) {
    int before = named(answer).size();
    process.tell(command);
    await(name + ": " + answer).atMost(PATIENCE).until(() -> named(answer).size() > before);
    return named(answer).get(before);
  }

  /** Its counters and gauges by name. */
  Map<String, String> report() {
    Map<String, String> values = new LinkedHashMap<>();
    for (String word : ask("report", "report").words()) {
      String[] parts = word.split("=", -1);
      values.put(parts[0], parts[1]);
    }
    return values;
  }

  /** One value of a {@link #report}. */
  static long number(Map<String, String> report, String name) {
    return Long.parseLong(requireNonNull(report.get(name), name));
  }

  /** Ends its sending. From then on {@link #labels} answers, also when it has ended. */
  void stop() {
    ask("stop", "stopped");
    for (String word : ask("labels", "labels").words()) {
      String[] parts = word.split("=", -1);
      labels.put(Long.valueOf(parts[0]), parts[1]);
    }
  }

  /** Whether it has told what it sent. */
  boolean isStopped() {
    return !named("stopped").isEmpty();
  }

  /** The emits among these numbers of its messages on the bus, both ends included. */
  Collection<String> labels(long from, long to) {
    return labels.subMap(from, true, to, true).values();
  }

  /** How many network connections it has, those of clients included. */
  long sockets() {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
      return descriptors.filter(Member::isSocket).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isSocket(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }

  /** The lines of its log from WARN on. */
  List<String> warnings() {
    return process.lines().stream()
        .filter(line -> !line.startsWith(Telling.START) && WARNING.matcher(line).find())
        .toList();
  }

  boolean isUp() {
    List<Event> states = named("stateChanged");
    return !states.isEmpty() && states.get(states.size() - 1).words().get(0).equals("UP");
  }

  void kill() {
    killed = true;
    process.kill();
  }

  /** Stops it as a service manager does, and waits until it has ended. */
  void quit() {
    process.tell("quit");
    process.awaitExit(PATIENCE);
  }

  boolean wasKilled() {
    return killed;
  }

  @Override
  public void close() {
    process.close();
  }

  @Override
  public String toString() {
    return name + " " + Arrays.toString(ready.toArray());
  }
}
