package io.starling.benchmarks.load;

/** What a server can do wrong. */
public enum Fault {
  /** A delivery or an ack that never came. */
  MISSING,
  /** A delivery or an ack that came again. */
  DUPLICATE,
  /** A delivery behind a later one. */
  REORDERED,
  /** A delivery for a room that the client is not in. */
  WRONG_ROOM,
  /** Bytes that are not what was sent. */
  MALFORMED,
  /** A connection that ended by itself. */
  DISCONNECTED
}
