package io.starling.socketio;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Values that an application stores for one socket, by name. They exist in this process only. A
 * session is empty when the socket connects. Disconnect handlers can still read it; a client that
 * connects again gets a new, empty session. Safe for any thread. No method blocks.
 */
public final class Session {
  private final ConcurrentMap<String, Object> values = new ConcurrentHashMap<>(4);

  /**
   * An empty session. The server creates one for each socket; applications need this constructor
   * only in tests.
   */
  public Session() {}

  /**
   * The value of a name.
   *
   * @return null when the name has no value
   * @throws IllegalArgumentException when the value has another type
   */
  public <T> @Nullable T get(String name, Class<T> type) {
    Object value = values.get(name);
    if (value == null || type.isInstance(value)) {
      return type.cast(value);
    }
    throw new IllegalArgumentException(
        "session " + name + ": " + value.getClass().getName() + " (expected: " + type + ")");
  }

  /** Sets the value of a name. Null removes the value. */
  public void put(String name, @Nullable Object value) {
    if (value == null) {
      values.remove(name);
    } else {
      values.put(name, value);
    }
  }

  /**
   * Changes a value atomically: {@code session.update("strikes", Integer.class, 0, n -> n + 1)}.
   *
   * @param initial the value to pass to {@code change} when the name has no value
   * @param change computes the new value, which must not be null. It runs without a lock, and runs
   *     again if another thread changed the value meanwhile
   * @return the new value
   * @throws IllegalArgumentException when the value has another type
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

  /** All values by name. The map is a snapshot and unmodifiable. */
  public Map<String, Object> values() {
    return Map.copyOf(values);
  }
}
