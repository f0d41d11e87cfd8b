package io.starling.benchmarks.load;

/** What a server can do wrong. */
public enum Fault {
  /** A delivery or an ack never came. */
  MISSING,
  /** A delivery or an ack came more than once. */
  DUPLICATE,
  /** A delivery came after a later one. */
  REORDERED,
  /** A delivery came for a room that the client is not in. */
  WRONG_ROOM,
  /** The bytes received are not those that were sent. */
  MALFORMED,
  /** A connection ended that the load generator had not closed. */
  DISCONNECTED
}
