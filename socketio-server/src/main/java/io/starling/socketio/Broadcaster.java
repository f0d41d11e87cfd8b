package io.starling.socketio;

import io.starling.manager.BroadcastOperator;
import java.util.Collection;
import java.util.List;

/** Whatever addresses many sockets of one namespace, in all processes of the cluster. */
public interface Broadcaster {
  /** All that it addresses. */
  BroadcastOperator broadcast();

  /** The members of these rooms; a socket's id is a room. */
  default BroadcastOperator to(String... rooms) {
    return to(List.of(rooms));
  }

  /** As {@link #to(String...)}; an empty collection addresses nobody. */
  default BroadcastOperator to(Collection<String> rooms) {
    return broadcast().to(rooms);
  }

  /** The same as {@link #to(String...)}. */
  default BroadcastOperator in(String... rooms) {
    return to(rooms);
  }

  /** All but the members of these rooms; a socket's id is a room. */
  default BroadcastOperator except(String... rooms) {
    return except(List.of(rooms));
  }

  /** As {@link #except(String...)}. */
  default BroadcastOperator except(Collection<String> rooms) {
    return broadcast().except(rooms);
  }

  /** Only those in this process. */
  default BroadcastOperator local() {
    return broadcast().local();
  }
}
