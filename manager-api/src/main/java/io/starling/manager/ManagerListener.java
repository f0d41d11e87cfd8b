package io.starling.manager;

import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * What happens inside a manager that an operator may want to count or log. Called on a broker or
 * publisher thread: must not block and must not call the manager. What it throws is logged and
 * ignored.
 */
public interface ManagerListener {
  /** Hears nothing. */
  ManagerListener NONE = new ManagerListener() {};

  /**
   * Writes to SLF4J, by the logger of this interface's name: states, members, failures and losses.
   * Lines that repeat are written once a minute, then with a count; of changes of state the first
   * ten within a minute are written, and at its end the last.
   *
   * @param subject what the lines call the manager, such as {@code manager} or {@code emitter}
   */
  static ManagerListener logging(String subject) {
    return new ManagerLog(
        LoggerFactory.getLogger(ManagerListener.class),
        subject,
        System::nanoTime,
        RepeatedLines::afterPeriod);
  }

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

  /**
   * The outbox had no room for operations; told soon after the first, then once a minute at most.
   *
   * @param count how many since this was told before
   */
  default void operationsRefused(long count) {}

  /**
   * The manager has been UP for 10 s after an outage, so that what could be repaired was repaired.
   */
  default void outageOver(Outage outage) {}
}
