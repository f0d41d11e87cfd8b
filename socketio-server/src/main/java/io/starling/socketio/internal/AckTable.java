package io.starling.socketio.internal;

import io.starling.manager.protocol.EventPayload;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The acks that one socket owes. Nothing is allocated until there is one. Safe for any thread;
 * requests are told with no lock held.
 */
final class AckTable {
  private final DefaultSocket socket;
  private @Nullable Map<Long, AckRequest> requests;
  private boolean closed;

  AckTable(DefaultSocket socket) {
    this.socket = socket;
  }

  /** Waits for an ack; of a socket that has left there is none. */
  void expect(long id, AckRequest request) {
    boolean refused = false;
    synchronized (this) {
      if (!closed) {
        if (requests == null) {
          requests = new HashMap<>();
        }
        requests.put(id, request);
      } else {
        refused = true;
      }
    }
    if (refused) {
      request.completed(socket, null);
    } else {
      socket.connection().ackExpected();
    }
  }

  /** Whether any ack is awaited. */
  synchronized boolean awaited() {
    return requests != null && !requests.isEmpty();
  }

  /**
   * An ack came, or its time is up. An id that nobody waits for is ignored.
   *
   * @param answer null when time is up
   */
  void complete(long id, @Nullable EventPayload answer) {
    AckRequest request;
    synchronized (this) {
      request = requests == null ? null : requests.remove(id);
    }
    if (request != null) {
      request.completed(socket, answer);
    }
  }

  /** The socket has left. */
  void close() {
    List<AckRequest> left;
    synchronized (this) {
      closed = true;
      left = requests == null ? List.of() : List.copyOf(requests.values());
      requests = null;
    }
    left.forEach(request -> request.completed(socket, null));
  }

  synchronized boolean closed() {
    return closed;
  }
}
