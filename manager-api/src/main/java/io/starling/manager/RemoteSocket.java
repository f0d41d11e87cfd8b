package io.starling.manager;

import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A socket somewhere in the cluster, as it was when its host was asked. Operations on it go to the
 * room of its id.
 *
 * @param <D> its data: a payload, or its decoded arguments, of which the first is an object
 * @param host whose client it is
 * @param rooms the rooms that it is in, its own included; empty unless asked for
 * @param data what the application shares of it; null unless asked for, or when there is none
 */
public record RemoteSocket<D>(SocketId id, HostId host, Set<String> rooms, @Nullable D data) {
  public RemoteSocket {
    rooms = Set.copyOf(rooms);
  }

  /** The same with its data converted. */
  public <R> RemoteSocket<R> map(Function<? super D, ? extends R> conversion) {
    return new RemoteSocket<>(id, host, rooms, data == null ? null : conversion.apply(data));
  }
}
