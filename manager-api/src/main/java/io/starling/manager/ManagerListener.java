package io.starling.manager;

import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Receives the events inside a manager or emitter that an operator may want to count or log. The
 * methods are called on the publisher thread of the manager or on a thread of the broker client; a
 * manager without a broker calls them on the thread that starts it. A method must not block and
 * must not call the manager. An exception that it throws is logged and ignored.
 */
public interface ManagerListener {
  /** A listener that ignores all events. */
  ManagerListener NONE = new ManagerListener() {};

  /**
   * Returns a listener that logs changes of state, hosts that join and leave, failures and losses
   * to the SLF4J logger of this interface's name. Within a minute it writes equal lines once, and
   * at the end of the minute the number of lines left out. Of changes of state it writes the first
   * ten within a minute, and the last at the end of the minute.
   *
   * @param subject the name of the manager in the lines, such as {@code manager} or {@code emitter}
   */
  static ManagerListener logging(String subject) {
    return new ManagerLog(
        LoggerFactory.getLogger(ManagerListener.class),
        subject,
        System::nanoTime,
        RepeatedLines::afterPeriod);
  }

  /**
   * The state of the connection to the broker changed. Each change is reported once, in order.
   *
   * @param cause why the state is worse than before; null when no failure caused the change
   */
  default void stateChanged(BackendState state, @Nullable Throwable cause) {}

  /**
   * An attempt to connect, to subscribe or to publish failed, for the reason that the broker gave.
   * The manager tries again. A change of state is reported by {@link #stateChanged}.
   */
  default void connectFailed(Throwable cause) {}

  /** Another host was heard for the first time, or again after it counted as dead. */
  default void hostJoined(HostId host) {}

  /** Another host said goodbye, or was silent for so long that it counts as dead. */
  default void hostLeft(HostId host) {}

  /**
   * A frame, which is one broker message, was dropped before its messages were decoded. Its layout,
   * version, channel or signature is wrong.
   */
  default void frameRejected(String channel, String reason) {}

  /**
   * One message of a valid frame had no effect, or only a part of its effect. It could not be
   * decoded, or it is a question that arrived too late.
   */
  default void messageSkipped(HostId origin, String reason) {}

  /**
   * A frame arrived a second time and was dropped.
   *
   * @param origin the host or emitter that sent the frame
   * @param firstSeq the number of the frame's first message. Each origin numbers its messages to
   *     all hosts from 1
   * @param count how many messages the frame holds
   */
  default void duplicateDropped(HostId origin, long firstSeq, int count) {}

  /**
   * Messages of another host were missing, and arrived when this host asked for them again.
   *
   * @param from the number of the first of these messages
   * @param to the number of the last of these messages
   */
  default void repaired(HostId origin, long from, long to) {}

  /**
   * Messages of another host or of an emitter are lost for this host.
   *
   * @param from the number of the first lost message
   * @param to the number of the last lost message
   */
  default void gap(HostId origin, long from, long to) {}

  /** Operations that the outbox had accepted failed, and so did their stages. */
  default void publishFailed(Throwable cause) {}

  /**
   * Operations were refused, because the outbox was full or because too many stages waited for an
   * executor of the application. The first refusal is reported soon, later ones once a minute at
   * most, and the rest at the close.
   *
   * @param count how many operations were refused since the last report
   */
  default void operationsRefused(long count) {}

  /**
   * The broker took operations of an emitter and passed them to no host. The first time is reported
   * soon, later ones once a minute at most, and the rest at the close. Never called where the
   * broker does not tell the number of receivers, and never by a host.
   *
   * @param count how many such operations there were since the last report
   */
  default void operationsUnreceived(long count) {}

  /**
   * An outage is over: the manager has been UP for 10 s since. Most missing messages have been
   * repaired or counted as lost by then. A live origin is asked for a missing message for up to 20
   * s; what is given up after this call is reported by {@link #gap} only.
   */
  default void outageOver(Outage outage) {}
}
