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
 * A socket's way into its namespace and out of it. Until the socket is in, it is not in the
 * namespace's {@link Rooms}: the names of its rooms are kept here, and what is sent to it is held.
 * When it has left, the names of its last rooms are kept here.
 *
 * <p>{@link #begin}, {@link #end} and {@link #refuse} are called on the event loop, the rest by any
 * thread.
 */
final class Membership {
  private enum State {
    CONNECTING,
    CONNECTED,
    LEFT
  }

  private final DefaultSocket socket;
  private final Rooms namespace;

  /** Changed on the event loop and under the lock. */
  private volatile State state = State.CONNECTING;

  private volatile @Nullable DisconnectReason reason;

  /** What waits for the client to be in, null once nothing does; changed under the lock. */
  private volatile @Nullable List<Runnable> held = List.of();

  /** The rooms of a socket that is not in; the set never changes. Guarded by the lock. */
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

  /** Why it left; null before, and of a socket that was refused. */
  @Nullable DisconnectReason reason() {
    return reason;
  }

  /**
   * Runs an action at once, or after all that wait already, when the socket is in. It only hands
   * tasks to the event loop: it may run under the lock.
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
   * The client is in, and has been told. What was held goes out before the socket is in its rooms,
   * so that no broadcast overtakes it.
   *
   * @return false when the socket has left before, as it may once the event loops have ended
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
   * The socket is gone.
   *
   * @return whether it had been in
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

  /** The client is not let in. */
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
