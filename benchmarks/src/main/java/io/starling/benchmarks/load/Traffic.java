package io.starling.benchmarks.load;

/** What the clients of one load send, and what becomes of what they receive. */
interface Traffic {
  /** The rooms that a client joins before it is ready. */
  int[] rooms(int client);

  /** The payload of an event {@code msg}. */
  void event(Client client, byte[] bytes, int from, int to, long nowNanos);

  /** The answer to an event of the client, with its JSON array. */
  void ack(Client client, long id, byte[] bytes, int from, int to, long nowNanos);

  /** Sends what is due, if it is time to send. */
  void pump(long nowNanos);

  /** Begins or ends sending. */
  void sending(boolean on);

  /** How many deliveries and acks are still to come. */
  long missing();

  Tally tally();
}
