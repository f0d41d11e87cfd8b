package io.starling.benchmarks.load;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The last client of the load publishes broadcasts. All other clients check that they receive the
 * right ones.
 */
final class BroadcastTraffic implements Traffic {
  private static final long STALLED_NANOS = Duration.ofSeconds(2).toNanos();
  private static final int MAX_IN_FLIGHT = 4_096;
  private static final byte[] EVENT = Numbers.ascii("42[\"bcast\",");
  private static final byte[] EVERYBODY = Numbers.ascii("null,\"");
  private static final byte[] END = Numbers.ascii("\"]");

  private final Workload workload;
  private final List<Client> clients;
  private final Numbers numbers;
  private final int[][] rooms;
  private final DeliveryCheck[][] checks;
  private final byte[][] addresses;
  private final int[] members;

  /** How many broadcasts were sent to each room. */
  private final long[] inRoom;

  /**
   * How many deliveries of a broadcast are still to come, by the broadcast's number modulo {@link
   * #MAX_IN_FLIGHT}.
   */
  private final int[] remaining = new int[MAX_IN_FLIGHT];

  private final SplittableRandom random = new SplittableRandom();
  private final Tally tally = new Tally();
  private boolean sending;
  private int inFlight;
  private long lastDeliveryNanos;
  private long dueNanos;

  /**
   * The traffic of one load.
   *
   * @param clients the clients of the load; the list grows until all are connected
   * @param hosts how many hosts the receiving clients are spread over
   */
  BroadcastTraffic(Workload workload, List<Client> clients, int hosts) {
    this.workload = workload;
    this.clients = clients;
    numbers = new Numbers(workload.payloadBytes());
    rooms = new int[workload.connections()][];
    checks = new DeliveryCheck[rooms.length][];
    int addressed = Math.max(1, workload.rooms());
    addresses = new byte[addressed][];
    members = new int[addressed];
    inRoom = new long[addressed];
    for (int room = 0; room < addressed; room++) {
      addresses[room] =
          workload.rooms() == 0 ? EVERYBODY : Numbers.ascii("\"room-" + room + "\",\"");
    }
    for (int client = 0; client < rooms.length; client++) {
      rooms[client] = roomsOf(client, hosts);
      int streams = workload.rooms() == 0 ? 1 : rooms[client].length;
      checks[client] = new DeliveryCheck[streams];
      Arrays.setAll(checks[client], stream -> new DeliveryCheck());
      for (int room : workload.rooms() == 0 ? new int[1] : rooms[client]) {
        members[room]++;
      }
    }
  }

  /**
   * The rooms of a client. With few rooms each client is in one of them, and each room has members
   * on all hosts. With more rooms than clients on a host, each client may be in several.
   */
  private int[] roomsOf(int client, int hosts) {
    int count = workload.rooms();
    if (count == 0 || client == workload.clients()) {
      return new int[0];
    }
    if (count <= workload.clients() / hosts) {
      return new int[] {client / hosts % count};
    }
    int[] several = new int[(count - client + workload.clients() - 1) / workload.clients()];
    Arrays.setAll(several, i -> client + i * workload.clients());
    return several;
  }

  @Override
  public int[] rooms(int client) {
    return rooms[client];
  }

  @Override
  public void event(Client client, byte[] bytes, int from, int to, long nowNanos) {
    if (!numbers.wellFormed(bytes, from, to) || Numbers.room(bytes, from) >= inRoom.length) {
      tally.fault(Fault.MALFORMED);
      return;
    }
    int room = Numbers.room(bytes, from);
    long number = Numbers.inRoom(bytes, from);
    int stream = workload.rooms() == 0 ? 0 : indexOf(room, rooms[client.index()]);
    if (stream < 0) {
      tally.fault(Fault.WRONG_ROOM);
      return;
    }
    if (number < 1 || number > inRoom[room]) {
      tally.fault(Fault.MALFORMED);
      return;
    }
    switch (checks[client.index()][stream].accept(number)) {
      case DUPLICATE -> tally.fault(Fault.DUPLICATE);
      case REORDERED -> {
        tally.fault(Fault.REORDERED);
        delivered(bytes, from, nowNanos);
      }
      case RIGHT -> delivered(bytes, from, nowNanos);
    }
  }

  private static int indexOf(int room, int[] rooms) {
    for (int i = 0; i < rooms.length; i++) {
      if (rooms[i] == room) {
        return i;
      }
    }
    return -1;
  }

  private void delivered(byte[] bytes, int from, long nowNanos) {
    tally.operation(nowNanos - Numbers.sentNanos(bytes, from));
    lastDeliveryNanos = nowNanos;
    int slot = (int) (Numbers.broadcast(bytes, from) % MAX_IN_FLIGHT);
    if (remaining[slot] > 0 && --remaining[slot] == 0) {
      inFlight--;
    }
  }

  @Override
  public void ack(Client client, long id, byte[] bytes, int from, int to, long nowNanos) {
    tally.fault(Fault.MALFORMED);
  }

  @Override
  public void pump(long nowNanos) {
    if (!sending) {
      return;
    }
    if (workload.window() == 0) {
      for (; nowNanos >= dueNanos; dueNanos += 1_000_000_000L / workload.perSecond()) {
        publish(nowNanos);
      }
    } else {
      if (nowNanos - lastDeliveryNanos > STALLED_NANOS) {
        Arrays.fill(remaining, 0);
        inFlight = 0;
        lastDeliveryNanos = nowNanos;
      }
      while (inFlight < workload.window()) {
        publish(nowNanos);
      }
    }
    publisher().flush();
  }

  private Client publisher() {
    return clients.get(workload.clients());
  }

  private void publish(long nowNanos) {
    int room = addresses.length == 1 ? 0 : random.nextInt(addresses.length);
    tally.published();
    long broadcast = tally.publishedCount();
    inRoom[room]++;
    remaining[(int) (broadcast % MAX_IN_FLIGHT)] = members[room];
    inFlight += members[room] > 0 ? 1 : 0;
    byte[] payload = numbers.payload(broadcast, room, inRoom[room], nowNanos);
    publisher().text(EVENT, addresses[room], payload, END);
  }

  @Override
  public void sending(boolean on) {
    sending = on;
    lastDeliveryNanos = System.nanoTime();
    dueNanos = lastDeliveryNanos;
  }

  @Override
  public long missing() {
    long missing = 0;
    for (int client = 0; client < checks.length; client++) {
      for (int stream = 0; stream < checks[client].length; stream++) {
        int room = workload.rooms() == 0 ? 0 : rooms[client][stream];
        missing += checks[client][stream].missing(inRoom[room]);
      }
    }
    return missing;
  }

  @Override
  public Tally tally() {
    return tally;
  }
}
