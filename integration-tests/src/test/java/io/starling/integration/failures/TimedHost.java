package io.starling.integration.failures;

import io.starling.manager.Accepted;
import io.starling.manager.BackendUnavailableException.Outcome;
import io.starling.manager.ClientManagerFactory;
import io.starling.socketio.SocketIoServer;
import io.starling.socketio.SocketIoServerConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;

/**
 * A host with its own clients in one process, so that one clock says when a message was emitted and
 * when clients had it: {@code URL CLIENTS}. Lines of its standard input drive it: {@code go},
 * {@code phase NUMBER}, {@code latency NUMBER}, {@code caught MILLIS}, {@code stop}, {@code total},
 * {@code hosts}, {@code quit}.
 */
public final class TimedHost {
  private static final int PERIOD_MILLIS = 10;

  private final SocketIoServer server;
  private final List<Arrivals> clients = new ArrayList<>();
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private volatile int phase;
  private final AtomicInteger givenBack = new AtomicInteger();
  private int sent;

  private TimedHost(SocketIoServer server) {
    this.server = server;
  }

  /** What one client heard. */
  private static final class Arrivals implements TimedClient.Receiver {
    /** A message that arrived, with the wall clock of both ends. */
    private record Arrival(long sentMillis, long heardMillis) {}

    private final Map<Integer, List<Long>> nanosByPhase = new ConcurrentHashMap<>();
    private final List<Arrival> arrivals = new ArrayList<>();
    private int next;
    private int missing;
    private int faults;

    @Override
    public synchronized void heard(int number, long sentNanos, long sentMillis, int phase) {
      long nanos = System.nanoTime() - sentNanos;
      nanosByPhase.computeIfAbsent(phase, made -> new ArrayList<>()).add(nanos);
      arrivals.add(new Arrival(sentMillis, System.currentTimeMillis()));
      if (number < next) {
        faults++; // twice, or out of order
      } else {
        missing += number - next;
        next = number + 1;
      }
    }

    synchronized List<Long> nanos(int phase) {
      return List.copyOf(nanosByPhase.getOrDefault(phase, List.of()));
    }

    /** When the last message arrived that was sent until a moment. */
    synchronized long caught(long untilMillis) {
      return arrivals.stream()
          .filter(arrival -> arrival.sentMillis() <= untilMillis)
          .mapToLong(Arrival::heardMillis)
          .max()
          .orElse(0);
    }

    synchronized int next() {
      return next;
    }

    synchronized int missing() {
      return missing;
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
    try (BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = input.readLine();
          line != null && !line.equals("quit");
          line = input.readLine()) {
        obey(line.split(" ", -1));
      }
    } finally {
      clock.shutdownNow();
      server.close();
    }
  }

  private void obey(String[] command) throws IOException {
    switch (command[0]) {
      case "go" -> {
        ScheduledFuture<?> unused =
            clock.scheduleAtFixedRate(this::emit, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
      }
      case "phase" -> phase = Integer.parseInt(command[1]);
      case "latency" -> Telling.say("latency", latency(Integer.parseInt(command[1])));
      case "caught" -> Telling.say("caught", caught(Long.parseLong(command[1])));
      case "stop" -> stop();
      case "total" ->
          Telling.say("total", sum(Arrivals::next), sum(Arrivals::missing), sum(Arrivals::faults));
      case "cpu" -> Telling.say("cpu", cpuMillis());
      case "hosts" -> Telling.say("hosts", server.hosts().size());
      default -> Telling.say("broken", "unknown command " + command[0]);
    }
  }

  private void emit() {
    long now = System.currentTimeMillis();
    CompletionStage<Accepted> accepted =
        server.broadcast().emit("n", sent++, System.nanoTime(), now, phase);
    accepted.whenComplete(
        (done, failure) -> {
          if (failure != null && Numbers.outcome(failure).equals(Outcome.NOT_SENT.name())) {
            givenBack.incrementAndGet();
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
    Telling.say("stopped", sent, givenBack);
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

  private long caught(long untilMillis) {
    return clients.stream().mapToLong(client -> client.caught(untilMillis)).max().orElse(0);
  }

  private int sum(ToIntFunction<Arrivals> value) {
    return clients.stream().mapToInt(value).sum();
  }
}
