package io.starling.manager;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The sockets of a namespace that an operation addresses: the whole namespace or the union of some
 * rooms, minus the members of the excepted rooms. A socket id is also the name of a room, which
 * holds that socket. If {@code everyone} is false and {@code rooms} is empty, nobody is addressed.
 *
 * @param everyone whether the whole namespace is addressed; {@code rooms} is then empty
 * @param rooms the rooms whose members are addressed
 * @param except the rooms whose members are excluded
 */
public record Recipients(boolean everyone, Set<String> rooms, Set<String> except) {
  /** All sockets of the namespace. */
  public static final Recipients ALL = new Recipients(true, Set.of(), Set.of());

  public Recipients {
    rooms = Set.copyOf(rooms);
    except = Set.copyOf(except);
    if (everyone && !rooms.isEmpty()) {
      throw new IllegalArgumentException("rooms: " + rooms + " (expected: none with everyone)");
    }
  }

  /** Returns the members of these rooms; an empty collection addresses nobody. */
  public static Recipients rooms(Collection<String> rooms) {
    return new Recipients(false, new LinkedHashSet<>(rooms), Set.of());
  }

  /** Returns the members of this room. */
  public static Recipients room(String room) {
    return new Recipients(false, Set.of(room), Set.of());
  }

  /**
   * Returns the room of this socket's id. It holds the socket, and any other sockets that joined a
   * room of this name.
   */
  public static Recipients socket(SocketId id) {
    return room(id.value());
  }

  /**
   * Returns these recipients and the members of more rooms. If these recipients are the whole
   * namespace, the result is narrowed to the given rooms.
   */
  public Recipients to(Collection<String> more) {
    return new Recipients(false, union(rooms, more), except);
  }

  /** Returns these recipients without the members of more rooms. */
  public Recipients except(Collection<String> more) {
    return new Recipients(everyone, rooms, union(except, more));
  }

  /** Returns whether these recipients address nobody, whoever is connected. */
  public boolean nobody() {
    return !everyone && rooms.isEmpty();
  }

  private static Set<String> union(Set<String> some, Collection<String> more) {
    Set<String> all = new LinkedHashSet<>(some);
    all.addAll(more);
    return all;
  }
}
