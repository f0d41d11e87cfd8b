package io.starling.benchmarks.load;

/** Decides what the clients of one load send, and checks what they receive. */
interface Traffic {
  /** The rooms that a client joins before it counts as connected. */
  int[] rooms(int client);

  /**
   * A client received an event {@code msg}; its payload is in {@code bytes} between the two
   * indexes.
   */
  void event(Client client, byte[] bytes, int from, int to, long nowNanos);

  /**
   * A client received the ack of one of its events. The JSON array is in {@code bytes} between the
   * two indexes.
   */
  void ack(Client client, long id, byte[] bytes, int from, int to, long nowNanos);

  /** Sends the events that are due now. */
  void pump(long nowNanos);

  /** Starts or stops sending. */
  void sending(boolean on);

  /** How many deliveries and acks have not come yet. */
  long missing();

  Tally tally();
}
