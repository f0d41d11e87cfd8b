package io.starling.integration.failures;

import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;

import io.starling.integration.broker.EmbeddedRedis;
import io.starling.integration.broker.KillableBroker;
import io.starling.integration.broker.RabbitMqProcess;
import io.starling.integration.failures.Member.Event;
import io.starling.integration.process.ChildProcess;
import io.starling.integration.process.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A cluster under traffic, to which something is done, and what is measured meanwhile. */
final class Trial implements AutoCloseable {
  private static final Duration RECOVERY = Duration.ofSeconds(75);
  private static final Duration SETTLING = Duration.ofSeconds(30);

  private final BackEnd.Target target;
  private final String traffic;
  private final int clientsEach;
  private final List<Member> members = new ArrayList<>();
  private final Map<Member, Long> socketsBefore = new LinkedHashMap<>();
  private final Map<Member, Long> threadsBefore = new LinkedHashMap<>();
  private final Clients clients;
  private long begunMillis;
  private long injuredMillis;
  private long healedMillis;

  /**
   * Makes a cluster without hosts.
   *
   * @param clientsEach how many clients each host gets
   * @param traffic a kind of {@link Numbers#start}
   */
  Trial(BackEnd.Target target, int clientsEach, String traffic) {
    this.target = target;
    this.clientsEach = clientsEach;
    this.traffic = traffic;
    this.clients = Clients.start();
  }

  /** Starts these hosts, lets them find each other, connects their clients, and begins to send. */
  void begin(List<String> names) {
    Map<String, ChildProcess> launched = new LinkedHashMap<>();
    for (String name : names) {
      launched.put(name, launch("host", name, 0));
    }
    launched.forEach((name, process) -> members.add(Member.awaitReady(name, process)));
    awaitReports(report -> Member.number(report, "hosts") == names.size());
    clients.connect(clientsEach, members);
    begunMillis = System.currentTimeMillis();
    members.forEach(member -> member.tell("go " + traffic));
    clients.mark(begunMillis, origins());
    if (clients.awaitHealed(begunMillis, RECOVERY) < 0) {
      throw new AssertionError("the hosts do not hear each other (expected: before any failure)");
    }
    pause(2);
    for (Member member : members) {
      socketsBefore.put(member, member.sockets());
      threadsBefore.put(member, Member.number(member.report(), "threads"));
    }
  }

  private ChildProcess launch(String kind, String name, int port) {
    return Member.launch(kind, name, target.url(), target.prefix(), port);
  }

  private void awaitReports(Predicate<Map<String, String>> holds) {
    await("reports")
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> living().stream().allMatch(member -> holds.test(member.report())));
  }

  /** Starts one more host, with clients, while the others send. */
  Member join(String name) {
    Member member = Member.awaitReady(name, launch("host", name, 0));
    members.add(member);
    clients.connect(clientsEach, List.of(member));
    member.tell("go " + traffic);
    return member;
  }

  /** Starts a host where another one was, whose clients come back by themselves. */
  Member replace(Member former, String name) {
    Member member = Member.awaitReady(name, launch("host", name, former.port()));
    members.add(member);
    member.tell("go " + traffic);
    return member;
  }

  /** Starts an emitter. */
  void emit(String name, String kind) {
    Member emitter = Member.awaitReady(name, launch("emitter", name, 0));
    members.add(emitter);
    emitter.tell("go " + kind);
  }

  /** Ends the clients of a host that nobody replaces. */
  void abandon(Member host) {
    clients.drop(host, clientsEach);
  }

  Member host(String name) {
    return members.stream().filter(m -> m.name().equals(name)).findFirst().orElseThrow();
  }

  KillableBroker broker() {
    return target.broker();
  }

  EmbeddedRedis redis() {
    return (EmbeddedRedis) target.broker();
  }

  RabbitMqProcess rabbit() {
    return (RabbitMqProcess) target.broker();
  }

  /** The nodes of a topology. */
  <T> T nodes(Class<T> type) {
    return ((Topology) target.broker()).as(type);
  }

  TcpProxy proxy() {
    return requireNonNull(target.proxy(), "proxy");
  }

  /** Of all channels, and so of exchanges and topics. */
  String prefix() {
    return target.prefix();
  }

  Clients clients() {
    return clients;
  }

  List<Member> members() {
    return members;
  }

  List<Member> living() {
    return members.stream().filter(member -> member.process().isAlive()).toList();
  }

  private List<String> origins() {
    return living().stream().filter(member -> !member.isStopped()).map(Member::name).toList();
  }

  /** Does harm, and notes when. */
  void injure(Runnable harm) {
    injuredMillis = System.currentTimeMillis();
    harm.run();
  }

  /** Ends the harm, and notes when that was done. */
  void heal(Runnable remedy) {
    remedy.run();
    healedMillis = System.currentTimeMillis();
    clients.mark(healedMillis, origins());
  }

  /** Waits until every question that a living host asked has ended, for 20 s at the most. */
  void awaitAnswers() {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    await("answers")
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(500))
        .until(
            () ->
                System.nanoTime() - deadline > 0
                    || living().stream().allMatch(m -> Soak.unended(m.report()).isEmpty()));
  }

  /** Lets time pass. */
  static void pause(double seconds) {
    await()
        .pollDelay(Duration.ofMillis((long) (seconds * 1_000)))
        .atMost(Duration.ofSeconds((long) seconds + 10))
        .until(() -> true);
  }

  /** Waits until a host that lives tells this of another one. */
  void awaitTold(String event, Member about) {
    await(event)
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                living().stream()
                    .flatMap(member -> member.named(event).stream())
                    .anyMatch(told -> told.words().get(0).equals(about.id())));
  }

  /**
   * Waits until everybody hears everybody again.
   *
   * @return the milliseconds since the end of the harm; −1 if that is not so in time
   */
  long awaitRecovery() {
    long heard = clients.awaitHealed(healedMillis, RECOVERY);
    if (heard < 0) {
      return -1;
    }
    await("all UP")
        .atMost(RECOVERY)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> living().stream().allMatch(Member::isUp));
    long up =
        living().stream()
            .flatMap(member -> member.named("stateChanged").stream())
            .filter(event -> event.words().get(0).equals("UP"))
            .mapToLong(Event::millis)
            .max()
            .orElseThrow();
    return Math.max(0, Math.max(heard, up) - healedMillis);
  }

  /**
   * When a host first told of the harm, by its state or because it missed another host.
   *
   * @return the milliseconds since the harm; −1 if no host did
   */
  long noticed() {
    return members.stream()
        .flatMap(
            m ->
                Stream.concat(
                    m.named("stateChanged").stream()
                        .filter(event -> !event.words().get(0).equals("UP")),
                    m.named("hostLeft").stream()))
        .mapToLong(Event::millis)
        .filter(millis -> millis >= injuredMillis)
        .min()
        .stream()
        .map(millis -> millis - injuredMillis)
        .findFirst()
        .orElse(-1);
  }

  /** Ends all sending, and judges as soon as all is well, after 30 s at the latest. */
  Ledger.Verdict conclude() {
    living().stream().filter(member -> !member.isStopped()).forEach(Member::stop);
    pause(2);
    long deadline = System.nanoTime() + SETTLING.toNanos();
    Ledger.Verdict verdict = judge();
    while (!verdict.green() && System.nanoTime() - deadline < 0) {
      pause(1);
      verdict = judge();
    }
    return verdict;
  }

  private Ledger.Verdict judge() {
    Ledger ledger = new Ledger(begunMillis);
    Map<String, Member> byId = new LinkedHashMap<>();
    for (Member member : members) {
      if (member.isStopped()) {
        byId.put(member.id(), member);
        long until = member.named("stopped").get(0).millis();
        member
            .named("sent")
            .forEach(e -> ledger.sent(e.words().get(0), Integer.parseInt(e.words().get(1)), until));
        member.named("failed").stream()
            .filter(event -> event.words().get(0).equals("NOT_SENT"))
            .forEach(event -> ledger.notSent(event.words().get(1)));
      }
    }
    for (Member member : members) {
      for (Event gap : member.named("gap")) {
        Member origin = byId.get(gap.words().get(0));
        long from = Long.parseLong(gap.words().get(1));
        long to = Long.parseLong(gap.words().get(2));
        if (origin == null) {
          ledger.lostOfKilled(member.name(), to - from + 1);
        } else {
          ledger.lost(member.name(), origin.labels(from, to));
        }
      }
    }
    return ledger.judge(clients.sessions());
  }

  /** Threads and connections that hosts have in addition, a line for each such host. */
  List<String> leaks() {
    List<String> leaks = new ArrayList<>();
    for (Member member : living()) {
      Long sockets = socketsBefore.get(member);
      Long threads = threadsBefore.get(member);
      if (sockets == null || threads == null) {
        continue;
      }
      long moreSockets = member.sockets() - sockets;
      long moreThreads = Member.number(member.report(), "threads") - threads;
      if (moreSockets > 0 || moreThreads > 0) {
        leaks.add(
            "%s: +%d threads, +%d sockets".formatted(member.name(), moreThreads, moreSockets));
      }
    }
    return leaks;
  }

  @Override
  public void close() {
    clients.close();
    members.forEach(Member::close);
  }
}
