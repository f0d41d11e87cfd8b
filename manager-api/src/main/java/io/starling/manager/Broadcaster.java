package io.starling.manager;

import java.util.Collection;
import java.util.List;

/**
 * Addresses many sockets of one namespace, in all processes of the cluster. Each method returns an
 * operator for a selection of these sockets; its methods emit to them, or change their rooms.
 */
public interface Broadcaster {
  /** Addresses all sockets that this object stands for. */
  BroadcastOperator broadcast();

  /**
   * Addresses the members of these rooms. The id of a socket is a room that holds this socket
   * alone.
   */
  default BroadcastOperator to(String... rooms) {
    return to(List.of(rooms));
  }

  /** As {@link #to(String...)}. An empty collection addresses no socket. */
  default BroadcastOperator to(Collection<String> rooms) {
    return broadcast().to(rooms);
  }

  /** The same as {@link #to(String...)}. */
  default BroadcastOperator in(String... rooms) {
    return to(rooms);
  }

  /**
   * Addresses all sockets except the members of these rooms. The id of a socket is a room that
   * holds this socket alone.
   */
  default BroadcastOperator except(String... rooms) {
    return except(List.of(rooms));
  }

  /** As {@link #except(String...)}. */
  default BroadcastOperator except(Collection<String> rooms) {
    return broadcast().except(rooms);
  }

  /** Addresses only the sockets that are connected to this process. An emitter has none. */
  default BroadcastOperator local() {
    return broadcast().local();
  }
}
