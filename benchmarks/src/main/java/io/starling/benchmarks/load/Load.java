package io.starling.benchmarks.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The connected clients of one workload. Call {@link #connect}, {@link #warmUp}, {@link #measure}
 * any number of times, and {@link #finish}, all on the same thread.
 */
public final class Load implements AutoCloseable {
  private static final int CONNECTING_AT_ONCE = 64;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration SETTLE = Duration.ofMillis(200);
  private static final Duration QUIET = Duration.ofMillis(100);
  private static final Duration MISSED = Duration.ofSeconds(3);
  private static final int TURN_MILLIS = 50;

  private final Workload workload;
  private final List<Host> hosts;
  private final List<Client> clients = new ArrayList<>();
  private final Traffic traffic;
  private final ClientLoop loop = new ClientLoop();
  private final Usage.Snapshot before;

  private Load(Workload workload, List<Host> hosts) throws IOException {
    this.workload = workload;
    this.hosts = List.copyOf(hosts);
    int spread = workload.placement() == Workload.Placement.ALL_HOSTS ? hosts.size() : 1;
    traffic =
        workload.kind() == Workload.Kind.BROADCAST
            ? new BroadcastTraffic(workload, clients, spread)
            : new EchoTraffic(workload, clients);
    before = Usage.take(hosts);
  }

  /**
   * Opens all connections and joins the rooms.
   *
   * @throws UncheckedIOException when a host refuses a connection, or answers too slowly
   */
  public static Load connect(Workload workload, List<Host> hosts) {
    try {
      Load load = new Load(workload, hosts);
      try {
        load.connectAll();
        return load;
      } catch (IOException | RuntimeException e) {
        load.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void connectAll() throws IOException {
    long progressNanos = System.nanoTime();
    int ready = 0;
    List<Client> connecting = new ArrayList<>();
    while (ready < workload.connections()) {
      while (connecting.size() < CONNECTING_AT_ONCE && clients.size() < workload.connections()) {
        int index = clients.size();
        Client client = new Client(loop, host(index).address(), traffic, index);
        clients.add(client);
        connecting.add(client);
      }
      loop.turn(TURN_MILLIS, traffic);
      connecting.removeIf(Client::ready);
      if (clients.size() - connecting.size() > ready) {
        ready = clients.size() - connecting.size();
        progressNanos = System.nanoTime();
      }
      if (System.nanoTime() - progressNanos > CONNECT_TIMEOUT.toNanos()) {
        throw new IOException(
            ready + " of " + workload.connections() + " clients connected, " + traffic.tally());
      }
    }
    turns(SETTLE);
  }

  private Host host(int client) {
    if (workload.kind() == Workload.Kind.BROADCAST && client == workload.clients()) {
      return hosts.get(0);
    }
    return workload.placement() == Workload.Placement.ALL_HOSTS
        ? hosts.get(client % hosts.size())
        : hosts.get(1);
  }

  /** Sends without measuring. */
  public void warmUp(Duration duration) {
    traffic.sending(true);
    turns(duration);
  }

  /**
   * Sends for some time and measures. A load of the kind {@link Workload.Kind#IDLE} sends nothing.
   * Its sample begins before the first connection was opened, and so contains the cost of opening
   * and holding the connections.
   */
  public Sample measure(Duration duration) {
    Tally tally = traffic.tally();
    traffic.sending(workload.kind() != Workload.Kind.IDLE);
    tally.latencies().clear();
    long operations = tally.operationCount();
    long published = tally.publishedCount();
    Usage.Snapshot begin = Usage.take(hosts);
    turns(duration);
    Usage.Snapshot end = Usage.take(hosts);
    double p50 = tally.latencies().micros(0.50);
    double p99 = tally.latencies().micros(0.99);
    if (workload.kind() == Workload.Kind.IDLE) {
      return new Sample(Usage.between(before, end), clients.size(), 0, p50, p99);
    }
    return new Sample(
        Usage.between(begin, end),
        tally.operationCount() - operations,
        tally.publishedCount() - published,
        p50,
        p99);
  }

  /**
   * Stops sending and waits for deliveries and acks that are still on their way. Returns the faults
   * since the load was connected, and how often each happened.
   */
  public Map<Fault, Long> finish() {
    traffic.sending(false);
    Tally tally = traffic.tally();
    for (long seen = -1; seen != tally.operationCount(); ) {
      seen = tally.operationCount();
      turns(traffic.missing() == 0 ? QUIET : MISSED);
    }
    if (traffic.missing() > 0) {
      tally.fault(Fault.MISSING, traffic.missing());
    }
    return tally.faults();
  }

  private void turns(Duration duration) {
    long endNanos = System.nanoTime() + duration.toNanos();
    try {
      for (long left = duration.toNanos(); left > 0; left = endNanos - System.nanoTime()) {
        long millis = workload.perSecond() > 0 ? 1 : Math.min(TURN_MILLIS, left / 1_000_000);
        loop.turn(millis, traffic);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    clients.forEach(Client::close);
    try {
      loop.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
