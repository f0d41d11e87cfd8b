package io.starling.manager;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Whom an operation is for: the union of some rooms, or the whole namespace, minus the excepted
 * rooms. A socket id is the name of its own room. No rooms at all addresses nobody.
 *
 * @param everyone the whole namespace; then {@code rooms} is empty
 * @param rooms the rooms whose members are meant
 * @param except the rooms whose members are not
 */
public record Recipients(boolean everyone, Set<String> rooms, Set<String> except) {
  /** Everybody in the namespace. */
  public static final Recipients ALL = new Recipients(true, Set.of(), Set.of());

  public Recipients {
    rooms = Set.copyOf(rooms);
    except = Set.copyOf(except);
    if (everyone && !rooms.isEmpty()) {
      throw new IllegalArgumentException("rooms: " + rooms + " (expected: none with everyone)");
    }
  }

  /** The members of these rooms; an empty collection is nobody. */
  public static Recipients rooms(Collection<String> rooms) {
    return new Recipients(false, new LinkedHashSet<>(rooms), Set.of());
  }

  /** The members of this room. */
  public static Recipients room(String room) {
    return new Recipients(false, Set.of(room), Set.of());
  }

  /** The one socket with this id. */
  public static Recipients socket(SocketId id) {
    return room(id.value());
  }

  /** The same, and the members of these rooms too; the first call replaces "everyone". */
  public Recipients to(Collection<String> more) {
    return new Recipients(false, union(rooms, more), except);
  }

  /** The same without the members of these rooms. */
  public Recipients except(Collection<String> more) {
    return new Recipients(everyone, rooms, union(except, more));
  }

  /** Whether no socket anywhere can be meant. */
  public boolean nobody() {
    return !everyone && rooms.isEmpty();
  }

  private static Set<String> union(Set<String> some, Collection<String> more) {
    Set<String> all = new LinkedHashSet<>(some);
    all.addAll(more);
    return all;
  }
}
