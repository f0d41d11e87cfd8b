package io.starling.socketio.internal;

import io.starling.protocol.payload.EventPayload;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The acks that the server awaits from the client of one socket. The map is created with the first
 * ack. Safe for any thread. An {@link AckRequest} is told of its result with no lock held.
 */
final class AckTable {
  private final DefaultSocket socket;
  private @Nullable Map<Long, AckRequest> requests;
  private boolean closed;

  AckTable(DefaultSocket socket) {
    this.socket = socket;
  }

  /**
   * Adds an ack to wait for. If the socket has left, the request completes at once without an
   * answer.
   */
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

  synchronized boolean awaited() {
    return requests != null && !requests.isEmpty();
  }

  /**
   * An ack arrived, or its timeout passed. Does nothing if no request waits for an ack with this
   * id.
   *
   * @param answer the arguments of the ack; null when the timeout passed
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

  /** The socket has left. All open requests complete without an answer from this socket. */
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
