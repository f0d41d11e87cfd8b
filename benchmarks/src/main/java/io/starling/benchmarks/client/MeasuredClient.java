package io.starling.benchmarks.client;

import java.util.function.Consumer;

/** One connection of a client library to the bench server. */
interface MeasuredClient {
  /** Emits {@code echo} and asks for the ack. */
  void echo(String value, Consumer<String> ack);

  /** Emits {@code bcast} to all clients. */
  void broadcast(String payload);

  void close();

  /** A client library. */
  interface Library {
    /**
     * Starts to connect.
     *
     * @param connected called once, when the client is connected
     * @param message called for the payload of each event {@code msg}
     */
    MeasuredClient open(Runnable connected, Consumer<String> message);
  }
}
