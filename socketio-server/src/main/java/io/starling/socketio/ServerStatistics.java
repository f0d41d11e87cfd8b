package io.starling.socketio;

import io.starling.engineio.TransportKind;
import java.util.Map;

/**
 * What a server has done since it was created, and its state now. Counters never decrease.
 *
 * @param connections how many connections are open now, by transport
 * @param sockets how many sockets are connected now, by the name of their namespace
 * @param counts the counters; {@link #get} reads one of them
 * @param disconnects how many sockets have left their namespace, by reason
 * @param handshakesRefused how many requests were refused before they became a connection, by the
 *     name of the error
 * @param backlogBytes how many bytes wait now for an event loop to begin with sending them
 * @param pendingEvents how many events and other calls of connected sockets wait for their handlers
 *     now, or are being handled
 */
public record ServerStatistics(
    Map<TransportKind, Integer> connections,
    Map<String, Integer> sockets,
    Map<ServerCount, Long> counts,
    Map<DisconnectReason, Long> disconnects,
    Map<String, Long> handshakesRefused,
    long backlogBytes,
    long pendingEvents) {
  /** Copies the maps. */
  public ServerStatistics {
    connections = Map.copyOf(connections);
    sockets = Map.copyOf(sockets);
    counts = Map.copyOf(counts);
    disconnects = Map.copyOf(disconnects);
    handshakesRefused = Map.copyOf(handshakesRefused);
  }

  /** The value of one counter. */
  public long get(ServerCount count) {
    return counts.getOrDefault(count, 0L);
  }
}
