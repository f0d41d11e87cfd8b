package io.starling.manager;

import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of a socket of any host in the cluster, taken when the host answered the query. To
 * operate on the socket, address the room of its id.
 *
 * @param <D> the type of the data: a payload, or decoded arguments of which the first is an object
 * @param host the host that the client is connected to
 * @param rooms the rooms that the socket is in, the room of its own id included; empty if the query
 *     did not ask for rooms
 * @param data the data that the application shares of the socket; null if the query did not ask for
 *     data, or if the socket has none
 */
public record RemoteSocket<D>(SocketId id, HostId host, Set<String> rooms, @Nullable D data) {
  public RemoteSocket {
    rooms = Set.copyOf(rooms);
  }

  /** Returns a copy with converted data; data that is null stays null. */
  public <R> RemoteSocket<R> map(Function<? super D, ? extends R> conversion) {
    return new RemoteSocket<>(id, host, rooms, data == null ? null : conversion.apply(data));
  }
}
