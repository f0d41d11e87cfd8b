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
import org.jspecify.annotations.Nullable;

/**
 * The sockets of one namespace in this process, and the rooms that they are in. The server makes
 * one for each namespace and keeps it as long as the namespace; a manager finds it by {@link
 * LocalSockets#rooms}. Every socket is in the room of its own id without an entry for that room.
 * Safe for any thread; iteration is weakly consistent and holds no lock.
 */
public final class Rooms {
  private final ConcurrentMap<String, Member> members = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Set<LocalSocket>> rooms = new ConcurrentHashMap<>();

  /**
   * Adds a socket, which from now on is in the room of its own id and in these rooms.
   *
   * @throws IllegalArgumentException when a socket of this id is here already
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

  /** How many sockets are here. */
  public int size() {
    return members.size();
  }

  /** The socket of this id; null when it is not here. */
  public @Nullable LocalSocket socket(SocketId id) {
    Member member = members.get(id.value());
    return member == null ? null : member.socket;
  }

  /**
   * Puts a socket into rooms.
   *
   * @return false when the socket is not here
   */
  public boolean join(SocketId id, Collection<String> joined) {
    Member member = members.get(id.value());
    if (member == null) {
      return false;
    }
    synchronized (member) {
      if (member.gone) {
        return false;
      }
      enter(member, joined);
      return true;
    }
  }

  /**
   * Takes a socket out of rooms. The room of its own id cannot be left and is ignored.
   *
   * @return false when the socket is not here
   */
  public boolean leave(SocketId id, Collection<String> left) {
    Member member = members.get(id.value());
    if (member == null) {
      return false;
    }
    synchronized (member) {
      if (member.gone) {
        return false;
      }
      for (String room : left) {
        if (member.rooms.contains(room) && member.rooms.remove(room)) {
          removeFrom(room, member.socket);
        }
      }
      return true;
    }
  }

  /** Takes every socket out of a room. */
  public void closeRoom(String room) {
    for (LocalSocket socket : rooms.getOrDefault(room, Set.of())) {
      leave(socket.id(), List.of(room));
    }
  }

  /** The rooms of a socket, that of its own id included; empty when the socket is not here. */
  public Set<String> rooms(SocketId id) {
    Member member = members.get(id.value());
    if (member == null) {
      return Set.of();
    }
    synchronized (member) {
      if (member.gone) {
        return Set.of();
      }
      Set<String> all = new LinkedHashSet<>();
      all.add(id.value());
      all.addAll(member.rooms);
      return Collections.unmodifiableSet(all);
    }
  }

  /** The sockets that are meant, each once, in no order. */
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

  /** One socket and the rooms it joined; its fields are guarded by itself. */
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
