package io.starling.socketio.internal;

import io.starling.socketio.Handshake;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one client asks of predicates: whether it may have a namespace. They are asked one after
 * another on handler threads; everything else happens on the event loop.
 */
final class Admissions {
  private final Endpoint endpoint;
  private final Connection connection;
  private final HandlerDispatcher dispatcher;

  /** By namespace; another object for each time that it is asked for. */
  private final Map<String, Object> wishes = new HashMap<>(2);

  Admissions(Endpoint endpoint, Connection connection) {
    this.endpoint = endpoint;
    this.connection = connection;
    this.dispatcher = new HandlerDispatcher(endpoint.handlers());
  }

  /** How many namespaces are asked for and not decided. */
  int pending() {
    return wishes.size();
  }

  /**
   * The client does not want it any more.
   *
   * @return whether it had wanted it
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
