package io.starling.benchmarks.load;

/**
 * What clients ask of the hosts of a bench server.
 *
 * @param clients that receive; a workload of broadcasts has one more, which publishes
 * @param rooms how many; 0 addresses everybody
 * @param window acks that each client has open, or broadcasts that are in flight at once; 0 when
 *     {@code perSecond} sets the pace
 * @param perSecond broadcasts, when {@code window} is 0
 * @param payloadBytes of an event, at least {@link #MIN_PAYLOAD_BYTES}
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
  /** What the numbers take that every payload begins with. */
  public static final int MIN_PAYLOAD_BYTES = Numbers.BYTES;

  private static final int DEFAULT_PAYLOAD_BYTES = 64;

  /** What clients do once they are connected. */
  public enum Kind {
    /** Nothing: they answer pings. */
    IDLE,
    /** Each keeps a window of acks open. */
    ECHO,
    /** One of them publishes, everybody or a room receives. */
    BROADCAST
  }

  /** Which hosts the receiving clients are on. The one that publishes is on the first host. */
  public enum Placement {
    /** On all in turn. */
    ALL_HOSTS,
    /** On the second only, so that every delivery crosses the broker. */
    SECOND_HOST
  }

  /** Checks what a run could not bear. */
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

  /** Acks of 64 bytes. */
  public static Workload echo(String name, int clients, int window) {
    return new Workload(
        name, Kind.ECHO, clients, 0, window, 0, DEFAULT_PAYLOAD_BYTES, Placement.ALL_HOSTS);
  }

  /** Broadcasts of 64 bytes to everybody. */
  public static Workload broadcast(String name, int clients, int window) {
    return new Workload(
        name, Kind.BROADCAST, clients, 0, window, 0, DEFAULT_PAYLOAD_BYTES, Placement.ALL_HOSTS);
  }

  /** The same with payloads of another size. */
  public Workload payload(int bytes) {
    return new Workload(name, kind, clients, rooms, window, perSecond, bytes, placement);
  }

  /** The same to one room at a time, picked at random. */
  public Workload rooms(int count) {
    return new Workload(name, kind, clients, count, window, perSecond, payloadBytes, placement);
  }

  /** The same at a fixed pace. */
  public Workload perSecond(int broadcasts) {
    return new Workload(name, kind, clients, rooms, 0, broadcasts, payloadBytes, placement);
  }

  /** The same with the receiving clients elsewhere. */
  public Workload placed(Placement other) {
    return new Workload(name, kind, clients, rooms, window, perSecond, payloadBytes, other);
  }

  /** The same with at most so many clients. */
  public Workload atMost(int most) {
    return new Workload(
        name, kind, Math.min(clients, most), rooms, window, perSecond, payloadBytes, placement);
  }

  /** How many connections it opens. */
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
