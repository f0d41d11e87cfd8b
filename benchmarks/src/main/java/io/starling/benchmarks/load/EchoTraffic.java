package io.starling.benchmarks.load;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Every client sends requests and keeps a fixed number of acks open. It checks that each ack
 * repeats the payload.
 */
final class EchoTraffic implements Traffic {
  private static final int[] NO_ROOMS = {};
  private static final byte[] EVENT = Numbers.ascii("42");

  private final List<Client> clients;
  private final int window;
  private final byte[] request;
  private final byte[] answer;

  /**
   * The ids of the requests that wait for their acks, by client and place in its window. The array
   * {@code sentNanos} holds when they were sent, or 0 for a place without a request.
   */
  private final long[][] ids;

  private final long[][] sentNanos;
  private final Tally tally = new Tally();
  private boolean sending;
  private long open;

  /**
   * The traffic of one load.
   *
   * @param clients the clients of the load; the list grows until all are connected
   */
  EchoTraffic(Workload workload, List<Client> clients) {
    this.clients = clients;
    window = workload.window();
    String payload =
        new String(
            new Numbers(workload.payloadBytes()).payload(0, 0, 0, 0), StandardCharsets.US_ASCII);
    request = Numbers.ascii("[\"echo\",\"" + payload + "\"]");
    answer = Numbers.ascii("[\"" + payload + "\"]");
    ids = new long[workload.clients()][window];
    sentNanos = new long[workload.clients()][window];
    for (long[] own : ids) {
      Arrays.setAll(own, place -> place - window);
    }
  }

  @Override
  public int[] rooms(int client) {
    return NO_ROOMS;
  }

  @Override
  public void event(Client client, byte[] bytes, int from, int to, long nowNanos) {
    tally.fault(Fault.MALFORMED);
  }

  @Override
  public void ack(Client client, long id, byte[] bytes, int from, int to, long nowNanos) {
    int place = window == 0 ? 0 : (int) (id % window);
    if (id < 0 || window == 0 || !Arrays.equals(bytes, from, to, answer, 0, answer.length)) {
      tally.fault(Fault.MALFORMED);
    } else if (ids[client.index()][place] != id || sentNanos[client.index()][place] == 0) {
      tally.fault(Fault.DUPLICATE);
    } else {
      tally.operation(nowNanos - sentNanos[client.index()][place]);
      sentNanos[client.index()][place] = 0;
      open--;
      if (sending) {
        ask(client, place, nowNanos);
      }
    }
  }

  private void ask(Client client, int place, long nowNanos) {
    ids[client.index()][place] += window;
    sentNanos[client.index()][place] = nowNanos;
    open++;
    tally.published();
    client.text(EVENT, Numbers.ascii(Long.toString(ids[client.index()][place])), request);
  }

  @Override
  public void pump(long nowNanos) {}

  @Override
  public void sending(boolean on) {
    sending = on;
    if (on) {
      for (Client client : clients) {
        for (int place = 0; place < window; place++) {
          if (sentNanos[client.index()][place] == 0) {
            ask(client, place, System.nanoTime());
          }
        }
        client.flush();
      }
    }
  }

  @Override
  public long missing() {
    return open;
  }

  @Override
  public Tally tally() {
    return tally;
  }
}
