package io.starling.manager;

/**
 * The counters of a manager or emitter. A message is an operation or a message of the bus protocol
 * itself, such as a heartbeat. A frame is one broker message, which holds one or more messages.
 */
public enum BusCount {
  /** Messages that the broker confirmed. */
  PUBLISHED("published", "messages the broker took"),

  /** Frames that the broker confirmed. */
  PUBLISHED_FRAMES("", ""),

  /** The total size of the frames that the broker confirmed. */
  PUBLISHED_BYTES("published.bytes", "bytes of their frames"),

  /** The nanoseconds from sending to confirmation, summed over the frames that were confirmed. */
  PUBLISH_NANOS("", ""),

  /** Messages that were accepted into the outbox and then failed. */
  PUBLISH_FAILURES("publish.failures", "operations that were accepted and failed"),

  /** Messages of other hosts and of emitters. A repeated message counts once. */
  RECEIVED("received", "messages of others"),

  /** Frames that were dropped without decoding their messages. */
  REJECTED_FRAMES("rejected", "frames dropped unread"),

  /** Messages that could not be decoded, or arrived too late to be answered. */
  SKIPPED_MESSAGES("skipped", "messages not understood"),

  /** Frames that arrived a second time and were dropped. */
  DUPLICATES("duplicates", "frames that came again"),

  /** Messages of others that were lost. */
  MISSING("missing", "messages that never came"),

  /** Messages of others that were missed at first and arrived on request. */
  REPAIRED("repaired", "messages that came when asked for"),

  /**
   * Operations that were refused, because the outbox was full or because too many stages waited for
   * an executor of the application.
   */
  REFUSED("refused", "operations the outbox had no room for"),

  /**
   * Operations that the broker confirmed but passed to no subscriber; 0 for a broker that does not
   * report the number of subscribers.
   */
  UNRECEIVED("unreceived", "operations that nobody received");

  private final String meter;
  private final String text;

  BusCount(String meter, String text) {
    this.meter = meter;
    this.text = text;
  }

  /**
   * The name of the meter, without the prefix {@code starling.bus.}; empty for the counters that
   * make up the timer {@code starling.bus.publish}.
   */
  public String meter() {
    return meter;
  }

  /** The description of the meter. */
  public String text() {
    return text;
  }
}
