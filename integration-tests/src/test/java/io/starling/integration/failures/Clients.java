package io.starling.integration.failures;

import static org.awaitility.Awaitility.await;

import io.starling.integration.client.JavaScript;
import io.starling.integration.failures.Member.Event;
import io.starling.integration.process.ChildProcess;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Official clients in one process of Node, and what they heard. */
final class Clients implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ChildProcess process;
  private int wanted;

  private Clients(ChildProcess process) {
    this.process = process;
  }

  static Clients start() {
    return new Clients(
        JavaScript.installed().start("numbered.mjs", List.of(Integer.toString(Numbers.ROOMS))));
  }

  /** Connects so many clients to each of the hosts, and waits until they are connected. */
  void connect(int each, List<Member> hosts) {
    int count = each * hosts.size();
    wanted += count;
    process.tell(
        "connect " + count + " " + String.join(" ", hosts.stream().map(Member::url).toList()));
    await("clients").atMost(PATIENCE).until(() -> connected() >= wanted);
  }

  /** Ends the clients of a host. */
  void drop(Member host, int count) {
    wanted -= count;
    process.tell("drop " + host.url());
  }

  private int connected() {
    return Integer.parseInt(ask("status", "status").words().get(0));
  }

  /** How many messages all clients heard together. */
  long heard() {
    return Long.parseLong(ask("status", "status").words().get(1));
  }

  /** From now on notes who has heard from each of these origins what was sent since a moment. */
  void mark(long sinceMillis, List<String> origins) {
    process.tell("mark " + sinceMillis + " " + String.join(" ", origins));
  }

  /**
   * Waits until every client has heard from every origin of the mark; gives the time of the last of
   * these messages.
   *
   * @param sinceMillis the moment of the mark
   * @return −1 if that is not so in time
   */
  long awaitHealed(long sinceMillis, Duration timeout) {
    String mark = Long.toString(sinceMillis);
    long deadline = System.nanoTime() + timeout.toNanos();
    await("healed")
        .atMost(timeout.plusSeconds(10))
        .until(() -> healed(mark) != null || System.nanoTime() - deadline > 0);
    Event healed = healed(mark);
    return healed == null ? -1 : healed.millis();
  }

  private @Nullable Event healed(String mark) {
    return Member.named(process, "healed").stream()
        .filter(event -> event.words().get(0).equals(mark))
        .findFirst()
        .orElse(null);
  }

  /** Everything that they heard so far. */
  List<Session> sessions() {
    long reports = Member.named(process, "reported").size();
    ask("report", "reported");
    List<String> lines = process.lines();
    List<String> ends = lines.stream().filter(line -> line.contains(" reported ")).toList();
    int from = reports == 0 ? 0 : lines.indexOf(ends.get((int) reports - 1));
    return lines.subList(from, lines.size()).stream()
        .map(line -> List.of(line.split(" ", -1)))
        .filter(words -> words.size() > 3 && words.get(2).equals("session"))
        .map(words -> Session.parse(words.subList(3, words.size())))
        .toList();
  }

  private Event ask(String command, String answer) {
    int before = Member.named(process, answer).size();
    process.tell(command);
    await("clients: " + answer)
        .atMost(PATIENCE)
        .until(() -> Member.named(process, answer).size() > before);
    return Member.named(process, answer).get(before);
  }

  @Override
  public void close() {
    process.close();
  }
}
