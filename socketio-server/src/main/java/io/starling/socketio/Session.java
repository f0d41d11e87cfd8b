package io.starling.socketio;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What an application remembers of one socket, by name. It begins empty with the socket and ends
 * with it: disconnect handlers still see it, the next socket of the same client does not. It never
 * leaves this process. Safe for any thread; nothing blocks.
 */
public final class Session {
  private final ConcurrentMap<String, Object> values = new ConcurrentHashMap<>(4);

  /** Made by the server with a socket; of use elsewhere in tests only. */
  public Session() {}

  /**
   * A value.
   *
   * @return null when there is none
   * @throws IllegalArgumentException when it is of another type
   */
  public <T> @Nullable T get(String name, Class<T> type) {
    Object value = values.get(name);
    if (value == null || type.isInstance(value)) {
      return type.cast(value);
    }
    throw new IllegalArgumentException(
        "session " + name + ": " + value.getClass().getName() + " (expected: " + type + ")");
  }

  /** Remembers a value in the place of the one before; null forgets it. */
  public void put(String name, @Nullable Object value) {
    if (value == null) {
      values.remove(name);
    } else {
      values.put(name, value);
    }
  }

  /**
   * Changes a value with no other change in between: {@code session.update("strikes",
   * Integer.class, 0, n -> n + 1)}.
   *
   * @param initial what is changed when there is no value
   * @param change gives the new value, never null. Called again when another thread was faster; no
   *     lock is held
   * @return the new value
   * @throws IllegalArgumentException when the value is of another type
   */
  public <T> T update(String name, Class<T> type, T initial, UnaryOperator<T> change) {
    while (true) {
      T before = get(name, type);
      T after = requireNonNull(change.apply(before == null ? initial : before), "change");
      if (before == null
          ? values.putIfAbsent(name, after) == null
          : values.replace(name, before, after)) {
        return after;
      }
    }
  }

  /** All values; a snapshot, unmodifiable. */
  public Map<String, Object> values() {
    return Map.copyOf(values);
  }
}
