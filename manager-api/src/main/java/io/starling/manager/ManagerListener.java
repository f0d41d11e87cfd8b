package io.starling.manager;

import org.jspecify.annotations.Nullable;

/**
 * What happens inside a manager that an operator may want to count or log. Called on a broker or
 * publisher thread: must not block and must not call the manager. What it throws is logged and
 * ignored.
 */
public interface ManagerListener {
  /** Hears nothing. */
  ManagerListener NONE = new ManagerListener() {};

  /** The manager's relation to its broker changed; each change is reported once, in order. */
  default void stateChanged(BackendState state, @Nullable Throwable cause) {}

  /**
   * A try to connect, to subscribe or to publish failed, with the broker's reason. It is tried
   * again; the state says how the manager stands meanwhile.
   */
  default void connectFailed(Throwable cause) {}

  /** Another host was heard for the first time, or again after it counted as dead. */
  default void hostJoined(HostId host) {}

  /** Another host said goodbye, or was silent for too long. */
  default void hostLeft(HostId host) {}

  /** A frame was dropped before anything in it was decoded. */
  default void frameRejected(String channel, String reason) {}

  /** One message of a good frame could not be understood and was skipped. */
  default void messageSkipped(HostId origin, String reason) {}

  /** A frame came again and was dropped. */
  default void duplicateDropped(HostId origin, long firstSeq, int count) {}

  /** Messages of this origin had not arrived, and came when it was asked again. */
  default void repaired(HostId origin, long from, long to) {}

  /** Messages of this origin never arrived: {@code from} to {@code to}, both included. */
  default void gap(HostId origin, long from, long to) {}

  /** An accepted operation was not sent, and its stage failed. */
  default void publishFailed(Throwable cause) {}
}
