package io.starling.socketio.internal;

import io.starling.manager.Rooms;
import io.starling.socketio.DisconnectReason;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The state of a socket in its namespace: connecting, connected or left. Only a connected socket is
 * in the {@link Rooms} of the namespace. While the socket connects, this class keeps the names of
 * its rooms and holds what is sent to it. After it has left, this class keeps the names of its last
 * rooms.
 *
 * <p>{@link #begin}, {@link #end} and {@link #refuse} are called on the event loop of the session.
 * Any thread may call the other methods.
 */
final class Membership {
  private enum State {
    CONNECTING,
    CONNECTED,
    LEFT
  }

  private final DefaultSocket socket;
  private final Rooms namespace;

  /**
   * Changed only on the event loop of the session while it holds the lock of this object; read by
   * any thread.
   */
  private volatile State state = State.CONNECTING;

  /** Changed together with {@link #state}; see {@link #reason()}. */
  private volatile @Nullable DisconnectReason reason;

  /**
   * Actions that wait until the client is connected; null once actions run at once. Changed under
   * the lock of this object.
   */
  private volatile @Nullable List<Runnable> held = List.of();

  /**
   * The rooms of a socket that is not connected. The set is replaced, never changed. Guarded by the
   * lock of this object.
   */
  private Set<String> rooms;

  Membership(DefaultSocket socket) {
    this.socket = socket;
    this.namespace = socket.namespace().rooms();
    this.rooms = Set.of(socket.id().value());
  }

  boolean connected() {
    return state == State.CONNECTED;
  }

  boolean left() {
    return state == State.LEFT;
  }

  /** Why the socket left; null if it has not left, or if it was refused. */
  @Nullable DisconnectReason reason() {
    return reason;
  }

  /**
   * Runs an action at once, unless the socket is still connecting. Then the action waits, behind
   * those that wait already, until the socket is connected; if the socket is refused or leaves
   * first, the action is dropped. An action must only hand tasks to the event loop, because it may
   * run under the lock of this object.
   */
  void whenConnected(Runnable action) {
    if (held != null) {
      synchronized (this) {
        List<Runnable> waiting = held;
        if (waiting != null) {
          if (waiting.isEmpty()) {
            waiting = new ArrayList<>();
            held = waiting;
          }
          waiting.add(action);
          return;
        }
      }
    }
    action.run();
  }

  /**
   * The client was let in and told so. The actions that waited run before the socket enters its
   * rooms, so that no broadcast overtakes them.
   *
   * @return false if the socket has left already, for example while its connect handlers ran
   */
  synchronized boolean begin() {
    if (left()) {
      return false;
    }
    state = State.CONNECTED;
    List<Runnable> waiting = held;
    if (waiting != null) {
      waiting.forEach(Runnable::run);
      held = null;
    }
    namespace.connect(socket, rooms);
    rooms = Set.of();
    return true;
  }

  /**
   * The socket leaves.
   *
   * @return whether it was connected
   */
  boolean end(DisconnectReason why) {
    synchronized (this) {
      boolean wasConnected = connected();
      reason = why;
      state = State.LEFT;
      if (wasConnected) {
        rooms = Set.copyOf(namespace.rooms(socket.id()));
        namespace.disconnect(socket.id());
      } else {
        held = null;
      }
      return wasConnected;
    }
  }

  /** The connect handlers refused the client. */
  synchronized void refuse() {
    state = State.LEFT;
    held = null;
  }

  void join(Collection<String> more) {
    synchronized (this) {
      if (state != State.CONNECTED) {
        if (state == State.CONNECTING) {
          Set<String> all = new LinkedHashSet<>(rooms);
          all.addAll(more);
          rooms = all;
        }
        return;
      }
    }
    namespace.join(socket.id(), more);
  }

  void leave(Collection<String> some) {
    synchronized (this) {
      if (state != State.CONNECTED) {
        if (state == State.CONNECTING) {
          Set<String> left = new LinkedHashSet<>(rooms);
          left.removeIf(room -> some.contains(room) && !room.equals(socket.id().value()));
          rooms = left;
        }
        return;
      }
    }
    namespace.leave(socket.id(), some);
  }

  Set<String> rooms() {
    synchronized (this) {
      if (state != State.CONNECTED) {
        return Set.copyOf(rooms);
      }
    }
    return namespace.rooms(socket.id());
  }
}
