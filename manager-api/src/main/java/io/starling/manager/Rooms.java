package io.starling.manager;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of one namespace in this process, and the rooms that they are in. The server creates
 * this object together with the namespace, and a manager finds it by {@link LocalServer#rooms}. The
 * map of rooms has no entries for the rooms of the sockets' own ids: their members are looked up by
 * socket id. Safe for any thread. Iteration is weakly consistent and holds no lock.
 */
public final class Rooms {
  /** The sockets by socket id. */
  private final ConcurrentMap<String, Member> members = new ConcurrentHashMap<>();

  /** The sockets that joined each room. A room without members has no entry. */
  private final ConcurrentMap<String, Set<LocalSocket>> rooms = new ConcurrentHashMap<>();

  /**
   * Adds a socket to the namespace and to the given rooms.
   *
   * @throws IllegalArgumentException when the namespace already has a socket with this id
   */
  public void connect(LocalSocket socket, Collection<String> joined) {
    Member member = new Member(socket);
    synchronized (member) {
      if (members.putIfAbsent(socket.id().value(), member) != null) {
        throw new IllegalArgumentException("socket: " + socket.id() + " (expected: a new one)");
      }
      enter(member, joined);
    }
  }

  /** Removes a socket from the namespace and from its rooms. An unknown socket is ignored. */
  public void disconnect(SocketId id) {
    Member member = members.remove(id.value());
    if (member != null) {
      synchronized (member) {
        member.gone = true;
        member.rooms.forEach(room -> removeFrom(room, member.socket));
        member.rooms = Set.of();
      }
    }
  }

  /** Returns the number of sockets. */
  public int size() {
    return members.size();
  }

  /** Returns the socket with this id; null when this process has none in the namespace. */
  public @Nullable LocalSocket socket(SocketId id) {
    Member member = members.get(id.value());
    return member == null ? null : member.socket;
  }

  /**
   * Puts a socket into rooms.
   *
   * @return false when this process has no such socket in the namespace
   */
  public boolean join(SocketId id, Collection<String> joined) {
    return locked(id, member -> enter(member, joined));
  }

  /**
   * Takes a socket out of rooms. A socket cannot leave the room of its own id, which is ignored.
   *
   * @return false when this process has no such socket in the namespace
   */
  public boolean leave(SocketId id, Collection<String> left) {
    return locked(
        id,
        member -> {
          for (String room : left) {
            if (member.rooms.contains(room) && member.rooms.remove(room)) {
              removeFrom(room, member.socket);
            }
          }
        });
  }

  /** Locks a socket's entry. Returns false when this process has no such socket. */
  private boolean locked(SocketId id, Consumer<Member> action) {
    Member member = members.get(id.value());
    if (member == null) {
      return false;
    }
    synchronized (member) {
      if (member.gone) {
        return false;
      }
      action.accept(member);
      return true;
    }
  }

  /** Takes every socket out of a room, except the socket whose id is the name of the room. */
  public void closeRoom(String room) {
    for (LocalSocket socket : rooms.getOrDefault(room, Set.of())) {
      leave(socket.id(), List.of(room));
    }
  }

  /**
   * Returns the rooms of a socket, the room of its own id included. The set is a copy. It is empty
   * when this process has no such socket in the namespace.
   */
  public Set<String> rooms(SocketId id) {
    Set<String> all = new LinkedHashSet<>();
    locked(
        id,
        member -> {
          all.add(id.value());
          all.addAll(member.rooms);
        });
    return Collections.unmodifiableSet(all);
  }

  /** Returns the sockets of this process that are addressed, each once, in no particular order. */
  public Iterable<LocalSocket> resolve(Recipients recipients) {
    if (recipients.everyone()) {
      return recipients.except().isEmpty() ? this::everyone : except(this::everyone, recipients);
    }
    Iterable<LocalSocket> union =
        recipients.rooms().size() == 1
            ? inRoom(recipients.rooms().iterator().next())
            : inRooms(recipients.rooms());
    return recipients.except().isEmpty() ? union : except(union, recipients);
  }

  private Iterator<LocalSocket> everyone() {
    Iterator<Member> all = members.values().iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return all.hasNext();
      }

      @Override
      public LocalSocket next() {
        return all.next().socket;
      }
    };
  }

  private Iterable<LocalSocket> inRoom(String room) {
    Set<LocalSocket> joined = rooms.get(room);
    Member owner = members.get(room);
    if (owner == null) {
      return joined == null ? List.of() : joined;
    }
    return joined == null ? List.of(owner.socket) : inRooms(Set.of(room));
  }

  private Iterable<LocalSocket> inRooms(Set<String> names) {
    Set<LocalSocket> union = new LinkedHashSet<>();
    for (String room : names) {
      Member owner = members.get(room);
      if (owner != null) {
        union.add(owner.socket);
      }
      union.addAll(rooms.getOrDefault(room, Set.of()));
    }
    return union;
  }

  private Iterable<LocalSocket> except(Iterable<LocalSocket> candidates, Recipients recipients) {
    List<LocalSocket> left = new ArrayList<>();
    for (LocalSocket socket : candidates) {
      if (!isIn(socket, recipients.except())) {
        left.add(socket);
      }
    }
    return left;
  }

  private boolean isIn(LocalSocket socket, Set<String> names) {
    for (String room : names) {
      if (room.equals(socket.id().value()) || rooms.getOrDefault(room, Set.of()).contains(socket)) {
        return true;
      }
    }
    return false;
  }

  private void enter(Member member, Collection<String> joined) {
    for (String room : joined) {
      enter(member, room);
    }
  }

  private void enter(Member member, String room) {
    if (!room.equals(member.socket.id().value()) && member.ownRooms().add(room)) {
      rooms.compute(
          room,
          (name, sockets) -> {
            Set<LocalSocket> some = sockets == null ? ConcurrentHashMap.newKeySet() : sockets;
            some.add(member.socket);
            return some;
          });
    }
  }

  private void removeFrom(String room, LocalSocket socket) {
    rooms.computeIfPresent(
        room,
        (name, sockets) -> {
          sockets.remove(socket);
          return sockets.isEmpty() ? null : sockets;
        });
  }

  /**
   * A socket and the rooms that it joined. A thread holds the lock of the member while it reads or
   * changes {@code rooms} and {@code gone}.
   */
  private static final class Member {
    final LocalSocket socket;
    private Set<String> rooms = Set.of();
    private boolean gone;

    Member(LocalSocket socket) {
      this.socket = socket;
    }

    private Set<String> ownRooms() {
      if (rooms.isEmpty()) {
        rooms = new LinkedHashSet<>(4);
      }
      return rooms;
    }
  }
}
