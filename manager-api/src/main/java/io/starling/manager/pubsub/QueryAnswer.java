package io.starling.manager.pubsub;

import io.starling.manager.RemoteSocket;
import io.starling.protocol.payload.EventPayload;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer of one host to a query or a server event, or a part of it.
 *
 * @param count how many sockets the host has in all parts together
 * @param sockets the sockets of this part
 * @param payload the answer of the host's server to a server event; null for a query
 */
record QueryAnswer(
    int count, List<RemoteSocket<EventPayload>> sockets, @Nullable EventPayload payload) {
  static QueryAnswer of(EventPayload payload) {
    return new QueryAnswer(0, List.of(), payload);
  }

  /** Joins two parts of the answer of one host. */
  static QueryAnswer merge(QueryAnswer one, QueryAnswer other) {
    List<RemoteSocket<EventPayload>> all = new ArrayList<>(one.sockets);
    all.addAll(other.sockets);
    return new QueryAnswer(one.count, all, one.payload);
  }
}
