package io.starling.integration.failures;

import io.starling.manager.Accepted;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.ClientManagerFactory;
import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A host with its own clients in one process, so that one clock says when a message was emitted and
 * when clients had it: {@code URL CLIENTS}. It obeys the lines of its standard input:
 *
 * <ul>
 *   <li>{@code go} starts emitting every 10 ms, {@code phase NUMBER} changes the phase that
 *       messages carry, and {@code stop} ends emitting and tells how many messages were emitted,
 *       and the numbers of those that failed as not sent, then {@code ?} and those of unknown
 *       outcome.
 *   <li>{@code latency NUMBER} tells the delays of a phase, {@code cpu} the processor time of this
 *       process in milliseconds, {@code hosts} how many hosts this one knows.
 *   <li>{@code sent MILLIS} tells the number of the last message that was emitted until a moment,
 *       or −1.
 *   <li>{@code passed NUMBER} tells when the last of the clients heard this message or a later one,
 *       or −1 if some client has not.
 *   <li>{@code total} tells the lowest and the highest number that clients wait for, how many
 *       messages came twice or out of order, then {@code NUMBERxCLIENTS} for each message that
 *       clients lack.
 *   <li>{@code quit} ends the process.
 * </ul>
 */
public final class TimedHost {
  private static final int PERIOD_MILLIS = 10;

  private final SocketIoServer server;
  private final List<Arrivals> clients = new ArrayList<>();
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private volatile int phase;
  private final Set<Integer> givenBack = new ConcurrentSkipListSet<>();
  private final Set<Integer> unknown = new ConcurrentSkipListSet<>();

  /** The number of the last message that was emitted in each millisecond. */
  private final NavigableMap<Long, Integer> numbers = new ConcurrentSkipListMap<>();

  private int sent;

  private TimedHost(SocketIoServer server) {
    this.server = server;
  }

  /** What one client heard. */
  private static final class Arrivals implements TimedClient.Receiver {
    /** A message that arrived, and when by the wall clock. */
    private record Arrival(int number, long millis) {}

    private final Map<Integer, List<Long>> nanosByPhase = new ConcurrentHashMap<>();
    private final List<Arrival> arrivals = new ArrayList<>();
    private final List<Integer> missing = new ArrayList<>();
    private int next;
    private int faults;

    @Override
    public synchronized void heard(int number, long sentNanos, int phase) {
      long nanos = System.nanoTime() - sentNanos;
      nanosByPhase.computeIfAbsent(phase, made -> new ArrayList<>()).add(nanos);
      arrivals.add(new Arrival(number, System.currentTimeMillis()));
      if (number < next) {
        faults++; // twice, or out of order
      } else {
        IntStream.range(next, number).forEach(missing::add);
        next = number + 1;
      }
    }

    synchronized List<Long> nanos(int phase) {
      return List.copyOf(nanosByPhase.getOrDefault(phase, List.of()));
    }

    /** When this message or a later one arrived, in milliseconds; the largest long if none has. */
    synchronized long passed(int number) {
      return arrivals.stream()
          .filter(arrival -> arrival.number() >= number)
          .mapToLong(Arrival::millis)
          .findFirst()
          .orElse(Long.MAX_VALUE);
    }

    synchronized int next() {
      return next;
    }

    synchronized List<Integer> missing() {
      return List.copyOf(missing);
    }

    synchronized int faults() {
      return faults;
    }
  }

  /** Runs until its input ends or says {@code quit}. */
  public static void main(String[] arguments) throws IOException {
    SocketIoServer server =
        SocketIoServer.create(
            SocketIoServerConfig.builder()
                .port(0)
                .host("127.0.0.1")
                .manager(ClientManagerFactory.create(arguments[0]))
                .managerListener(Telling.listener("manager"))
                .build());
    server.start();
    TimedHost host = new TimedHost(server);
    host.connect(Integer.parseInt(arguments[1]));
    Telling.say("ready", server.port(), server.hostId());
    host.serve();
  }

  private void connect(int count) {
    HttpClient http =
        HttpClient.newBuilder()
            .executor(Executors.newFixedThreadPool(2, TimedHost::daemon))
            .build();
    for (int i = 0; i < count; i++) {
      Arrivals arrivals = new Arrivals();
      clients.add(arrivals);
      TimedClient.connect(http, server.port(), arrivals);
    }
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "clients");
    thread.setDaemon(true);
    return thread;
  }

  private void serve() throws IOException {
    try {
      Telling.obey(this::obey);
    } finally {
      clock.shutdownNow();
      server.close();
    }
  }

  private void obey(String[] command) {
    switch (command[0]) {
      case "go" -> {
        ScheduledFuture<?> unused =
            clock.scheduleAtFixedRate(this::emit, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
      }
      case "phase" -> phase = Integer.parseInt(command[1]);
      case "latency" -> Telling.say("latency", latency(Integer.parseInt(command[1])));
      case "sent" -> Telling.say("sent", sentUntil(Long.parseLong(command[1])));
      case "passed" -> Telling.say("passed", passed(Integer.parseInt(command[1])));
      case "stop" -> stop();
      case "total" -> Telling.say("total", total());
      case "cpu" -> Telling.say("cpu", cpuMillis());
      case "hosts" -> Telling.say("hosts", server.hosts().size());
      default -> Telling.say("broken", "unknown command " + command[0]);
    }
  }

  private void emit() {
    int number = sent++;
    numbers.put(System.currentTimeMillis(), number);
    CompletionStage<Accepted> accepted =
        server.broadcast().emit("n", number, System.nanoTime(), phase);
    accepted.whenComplete(
        (done, failure) -> {
          if (failure != null) {
            boolean notSent = Numbers.outcome(failure).equals(Outcome.NOT_SENT.name());
            (notSent ? givenBack : unknown).add(number);
          }
        });
  }

  /** The processor time of this process since its start. */
  private static long cpuMillis() {
    return ProcessHandle.current().info().totalCpuDuration().map(Duration::toMillis).orElse(0L);
  }

  private void stop() {
    clock.shutdown();
    try {
      if (!clock.awaitTermination(10, TimeUnit.SECONDS)) {
        Telling.say("broken", "the sender does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Stream<?> words =
        Stream.of(Stream.of(sent), givenBack.stream(), Stream.of("?"), unknown.stream())
            .flatMap(each -> each);
    Telling.say("stopped", words.toArray());
  }

  /** Count, median, 99th percentile and maximum of the delays of a phase, in microseconds. */
  private String latency(int of) {
    long[] micros =
        clients.stream()
            .flatMap(client -> client.nanos(of).stream())
            .mapToLong(nanos -> nanos / 1_000)
            .sorted()
            .toArray();
    if (micros.length == 0) {
      return "0 0 0 0";
    }
    return "%d %d %d %d"
        .formatted(
            micros.length,
            micros[micros.length / 2],
            micros[(int) (micros.length * 0.99)],
            Arrays.stream(micros).max().orElseThrow());
  }

  private int sentUntil(long millis) {
    Map.Entry<Long, Integer> last = numbers.floorEntry(millis);
    return last == null ? -1 : last.getValue();
  }

  private long passed(int number) {
    long last = clients.stream().mapToLong(client -> client.passed(number)).max().orElseThrow();
    return last == Long.MAX_VALUE ? -1 : last;
  }

  private String total() {
    IntSummaryStatistics next = clients.stream().mapToInt(Arrivals::next).summaryStatistics();
    int faults = clients.stream().mapToInt(Arrivals::faults).sum();
    Map<Integer, Integer> missing = new TreeMap<>();
    clients.forEach(
        client -> client.missing().forEach(each -> missing.merge(each, 1, Integer::sum)));
    StringBuilder text =
        new StringBuilder("%d %d %d".formatted(next.getMin(), next.getMax(), faults));
    missing.forEach((number, count) -> text.append(" %dx%d".formatted(number, count)));
    return text.toString();
  }
}
