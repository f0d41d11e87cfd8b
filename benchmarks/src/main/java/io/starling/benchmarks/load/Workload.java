package io.starling.benchmarks.load;

/**
 * Describes what clients ask of the hosts of a bench server.
 *
 * @param name the name by which the workload is chosen on the command line
 * @param kind what the clients do
 * @param clients how many clients receive; for broadcasts one more client publishes
 * @param rooms how many rooms are addressed; 0 to address all clients
 * @param window how many acks each client keeps open, or how many broadcasts are in flight at once;
 *     0 when {@code perSecond} sets the pace
 * @param perSecond how many broadcasts are sent in a second when {@code window} is 0
 * @param payloadBytes the size of the payload of an event, at least {@link #MIN_PAYLOAD_BYTES}
 * @param placement which hosts the receiving clients are on
 */
public record Workload(
    String name,
    Kind kind,
    int clients,
    int rooms,
    int window,
    int perSecond,
    int payloadBytes,
    Placement placement) {
  /** The size of the numbers with which every payload begins. */
  public static final int MIN_PAYLOAD_BYTES = Numbers.BYTES;

  private static final int DEFAULT_PAYLOAD_BYTES = 64;

  /** What clients do once they are connected. */
  public enum Kind {
    /** Clients only answer pings. */
    IDLE,
    /** Each client keeps a window of acks open. */
    ECHO,
    /** One client publishes; all others, or the members of a room, receive. */
    BROADCAST
  }

  /**
   * On which hosts the receiving clients are. The client that publishes is always on the first
   * host.
   */
  public enum Placement {
    /** The receiving clients are spread over all hosts. */
    ALL_HOSTS,
    /**
     * The receiving clients are on the second host only, so that every delivery passes through the
     * broker.
     */
    SECOND_HOST
  }

  /** Refuses numbers that a run cannot use. */
  public Workload {
    require("clients", clients, 1);
    require("rooms", rooms, 0);
    require("payloadBytes", payloadBytes, MIN_PAYLOAD_BYTES);
    if (kind != Kind.IDLE) {
      require("window + perSecond", window + perSecond, 1);
    }
  }

  /** Clients that only connect. */
  public static Workload idle(String name, int clients) {
    return new Workload(
        name, Kind.IDLE, clients, 0, 0, 0, DEFAULT_PAYLOAD_BYTES, Placement.ALL_HOSTS);
  }

  /** Requests with a payload of 64 bytes and their acks. */
  public static Workload echo(String name, int clients, int window) {
    return new Workload(
        name, Kind.ECHO, clients, 0, window, 0, DEFAULT_PAYLOAD_BYTES, Placement.ALL_HOSTS);
  }

  /** Broadcasts of 64 bytes to all clients. */
  public static Workload broadcast(String name, int clients, int window) {
    return new Workload(
        name, Kind.BROADCAST, clients, 0, window, 0, DEFAULT_PAYLOAD_BYTES, Placement.ALL_HOSTS);
  }

  /** The same workload with payloads of another size. */
  public Workload payload(int bytes) {
    return new Workload(name, kind, clients, rooms, window, perSecond, bytes, placement);
  }

  /** The same workload, with each broadcast sent to one room that is picked at random. */
  public Workload rooms(int count) {
    return new Workload(name, kind, clients, count, window, perSecond, payloadBytes, placement);
  }

  /** The same workload at a fixed pace. */
  public Workload perSecond(int broadcasts) {
    return new Workload(name, kind, clients, rooms, 0, broadcasts, payloadBytes, placement);
  }

  /** The same workload with the receiving clients on other hosts. */
  public Workload placed(Placement other) {
    return new Workload(name, kind, clients, rooms, window, perSecond, payloadBytes, other);
  }

  /** The same workload with at most this many clients. */
  public Workload atMost(int most) {
    return new Workload(
        name, kind, Math.min(clients, most), rooms, window, perSecond, payloadBytes, placement);
  }

  /** How many connections the workload opens. */
  public int connections() {
    return kind == Kind.BROADCAST ? clients + 1 : clients;
  }

  private static void require(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: at least " + least + ")");
    }
  }
}
