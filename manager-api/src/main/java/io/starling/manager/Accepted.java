package io.starling.manager;

/**
 * The confirmation that the broker took an operation. It does not mean that a client has received
 * the event.
 *
 * @param receivers how many subscribers the broker passed the operation to; {@link #UNKNOWN} when
 *     the broker does not say, 0 when no broker was involved
 */
public record Accepted(int receivers) {
  /** The number of receivers when the broker does not report it. */
  public static final int UNKNOWN = -1;

  /** The result of an operation that concerned this process alone and went to no broker. */
  public static final Accepted LOCALLY = new Accepted(0);
}
