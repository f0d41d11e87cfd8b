package io.starling.benchmarks.client;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * A JVM with nothing but clients of one library. Each line of its standard input is a task: {@code
 * echo CLIENTS OPEN WARM-UP SECONDS}, {@code receive CLIENTS OPEN WARM-UP SECONDS} or {@code idle
 * CLIENTS}. It answers with a line {@link Measurement#line()}.
 */
public final class ClientProcess {
  private static final String PADDING = "-".repeat(58);
  private static final int NUMBER_LENGTH = 6;
  private static final int NUMBERS = 1_000_000;

  /** Connections that are being made at once; servers accept a limited number. */
  private static final int CONNECTING = 100;

  private static final long CONNECT_SECONDS = 120;

  private final MeasuredClient.Library library;
  private final LongAdder operations = new LongAdder();
  private final LongAdder faults = new LongAdder();
  private volatile boolean over;

  private ClientProcess(MeasuredClient.Library library) {
    this.library = library;
  }

  /**
   * Takes tasks until the standard input ends.
   *
   * @param arguments the name of the library, and the URL of the server
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    URI url = URI.create(arguments[1]);
    MeasuredClient.Library library =
        arguments[0].equals("official") ? OfficialClient.library(url) : OurClient.library(url);
    BufferedReader tasks =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String task = tasks.readLine(); task != null; task = tasks.readLine()) {
      String[] words = task.split(" ", -1);
      int clients = Integer.parseInt(words[1]);
      ClientProcess process = new ClientProcess(library);
      Measurement measured =
          switch (words[0]) {
            case "idle" -> process.idle(clients);
            case "echo" -> process.echo(clients, Integer.parseInt(words[2]), times(words));
            default -> process.receive(clients, Integer.parseInt(words[2]), times(words));
          };
      System.out.println(measured.line());
    }
    System.exit(0);
  }

  private record Times(double warmUp, double sample) {}

  private static Times times(String[] words) {
    return new Times(Double.parseDouble(words[3]), Double.parseDouble(words[4]));
  }

  /** The clients stay connected until the process ends. */
  private Measurement idle(int count) throws IOException, InterruptedException {
    // What the library loads once is not the cost of a connection.
    connect(1, client -> message -> {}).forEach(MeasuredClient::close);
    System.gc();
    double before = residentKiB();
    long cpu = cpuNanos();
    long from = System.nanoTime();
    List<MeasuredClient> clients = connect(count, client -> message -> {});
    double seconds = (System.nanoTime() - from) / 1e9;
    double cpuMicros = (cpuNanos() - cpu) / 1e3;
    System.gc();
    double grown = residentKiB() - before;
    int threads = ManagementFactory.getThreadMXBean().getThreadCount();
    return new Measurement(clients.size(), seconds, cpuMicros, grown, threads, 0);
  }

  private Measurement echo(int count, int open, Times times) throws InterruptedException {
    List<MeasuredClient> clients = connect(count, client -> message -> {});
    for (MeasuredClient client : clients) {
      for (int i = 0; i < open; i++) {
        echoAgain(client);
      }
    }
    return measure(clients, times);
  }

  private void echoAgain(MeasuredClient client) {
    if (!over) {
      client.echo(
          PADDING,
          answer -> {
            operations.increment();
            if (!answer.equals(PADDING)) {
              faults.increment();
            }
            echoAgain(client);
          });
    }
  }

  /** The first client broadcasts; the next broadcast follows when all clients have had one. */
  private Measurement receive(int count, int open, Times times) throws InterruptedException {
    AtomicIntegerArray next = new AtomicIntegerArray(count);
    AtomicInteger sent = new AtomicInteger();
    AtomicInteger arrived = new AtomicInteger();
    Semaphore mayBroadcast = new Semaphore(open);
    List<MeasuredClient> clients =
        connect(
            count,
            client ->
                message -> {
                  operations.increment();
                  int expected = next.getAndIncrement(client) % NUMBERS;
                  if (Integer.parseInt(message.substring(0, NUMBER_LENGTH)) != expected) {
                    faults.increment();
                  }
                  if (arrived.incrementAndGet() % count == 0) {
                    mayBroadcast.release();
                  }
                });
    Thread broadcaster =
        new Thread(
            () -> {
              while (!over) {
                mayBroadcast.acquireUninterruptibly();
                clients.get(0).broadcast(payload(sent.getAndIncrement()));
              }
            });
    broadcaster.setDaemon(true);
    broadcaster.start();
    return measure(clients, times);
  }

  private static String payload(int number) {
    return String.format("%0" + NUMBER_LENGTH + "d", number % NUMBERS) + PADDING;
  }

  private Measurement measure(List<MeasuredClient> clients, Times times)
      throws InterruptedException {
    pause(times.warmUp());
    long before = operations.sum();
    long cpu = cpuNanos();
    long from = System.nanoTime();
    pause(times.sample());
    Measurement measured =
        new Measurement(
            operations.sum() - before,
            (System.nanoTime() - from) / 1e9,
            (cpuNanos() - cpu) / 1e3,
            0,
            ManagementFactory.getThreadMXBean().getThreadCount(),
            faults.sum());
    over = true;
    clients.forEach(MeasuredClient::close);
    return measured;
  }

  private static void pause(double seconds) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(Math.round(seconds * 1e9));
  }

  /** What one client does with messages, given its number. */
  private interface Receiving {
    Consumer<String> of(int client);
  }

  private List<MeasuredClient> connect(int count, Receiving receiving)
      throws InterruptedException {
    CountDownLatch connected = new CountDownLatch(count);
    Semaphore connecting = new Semaphore(CONNECTING);
    Runnable done =
        () -> {
          connecting.release();
          connected.countDown();
        };
    List<MeasuredClient> clients = new ArrayList<>();
    for (int client = 0; client < count; client++) {
      if (!connecting.tryAcquire(CONNECT_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("connected: " + clients.size() + " (expected: " + count + ")");
      }
      clients.add(library.open(done, receiving.of(client)));
    }
    if (!connected.await(CONNECT_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("not connected: " + connected.getCount() + " clients");
    }
    return clients;
  }

  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static double residentKiB() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/smaps_rollup")).stream()
        .filter(line -> line.startsWith("Rss:"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")))
        .sum();
  }
}
