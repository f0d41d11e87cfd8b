package io.starling.manager.pubsub;

import io.starling.manager.RemoteSocket;
import io.starling.manager.protocol.EventPayload;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one host answers to a query or a server event; a part of it, or the whole.
 *
 * @param count how many sockets the host has, in all parts
 * @param payload what its server answered; null for a query
 */
record QueryAnswer(
    int count, List<RemoteSocket<EventPayload>> sockets, @Nullable EventPayload payload) {
  static QueryAnswer of(EventPayload payload) {
    return new QueryAnswer(0, List.of(), payload);
  }

  static QueryAnswer merge(QueryAnswer one, QueryAnswer other) {
    List<RemoteSocket<EventPayload>> all = new ArrayList<>(one.sockets);
    all.addAll(other.sockets);
    return new QueryAnswer(one.count, all, one.payload);
  }
}
