package io.starling.manager;

/**
 * The broker took an operation. It does not mean that a client has it.
 *
 * @param receivers how many subscribers the broker passed it to, or {@link #UNKNOWN}
 */
public record Accepted(int receivers) {
  /** The broker does not tell. */
  public static final int UNKNOWN = -1;

  /** Done in this process alone, no broker involved. */
  public static final Accepted LOCALLY = new Accepted(0);
}
