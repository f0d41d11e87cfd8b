package io.starling.socketio.internal;

import io.starling.socketio.Handshake;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one client for namespaces that were not declared. Predicates and patterns of the
 * application decide the requests, one after another, on handler threads. All methods run on the
 * event loop of the session.
 */
final class Admissions {
  private final Endpoint endpoint;
  private final Connection connection;
  private final HandlerDispatcher dispatcher;

  /**
   * The open requests by namespace. Each request has its own object, so that the answer to a
   * withdrawn request is not taken for the answer to a later one. Only the event loop of the
   * session uses this field.
   */
  private final Map<String, Object> wishes = new HashMap<>(2);

  Admissions(Endpoint endpoint, Connection connection) {
    this.endpoint = endpoint;
    this.connection = connection;
    this.dispatcher = new HandlerDispatcher(endpoint.handlers());
  }

  /** How many requests are not decided yet. */
  int pending() {
    return wishes.size();
  }

  /**
   * Withdraws the request for a namespace.
   *
   * @return whether there was such a request
   */
  boolean withdraw(String namespace) {
    return wishes.remove(namespace) != null;
  }

  void withdrawAll() {
    wishes.clear();
  }

  void ask(String namespace, Handshake handshake) {
    if (dispatcher.pending() >= endpoint.config().maxPendingEvents()) {
      connection.refuse(namespace, handshake, Refusal.TOO_MANY_NAMESPACES);
      return;
    }
    Object wish = new Object();
    wishes.put(namespace, wish);
    dispatcher.dispatch(
        () -> {
          try {
            DefaultNamespace admitted = endpoint.namespaces().admit(namespace, handshake);
            connection.onLoop(() -> judged(namespace, wish, handshake, admitted));
          } catch (Throwable e) {
            Refusal refusal = endpoint.refusal(e);
            connection.onLoop(() -> failed(namespace, wish, handshake, refusal));
          }
        });
  }

  private void judged(
      String namespace, Object wish, Handshake handshake, @Nullable DefaultNamespace admitted) {
    boolean wanted = wishes.remove(namespace, wish);
    if (admitted == null) {
      if (wanted) {
        connection.refuse(namespace, handshake, Refusal.UNKNOWN_NAMESPACE);
      }
    } else if (wanted) {
      connection.join(admitted, handshake);
    } else {
      endpoint.namespaces().left(admitted);
    }
  }

  private void failed(String namespace, Object wish, Handshake handshake, Refusal refusal) {
    if (wishes.remove(namespace, wish)) {
      connection.refuse(namespace, handshake, refusal);
    }
  }
}
