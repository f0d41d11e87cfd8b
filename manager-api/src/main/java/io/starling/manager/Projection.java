package io.starling.manager;

/** A property of a socket that a query may fetch beside the socket's id. */
public enum Projection {
  /** The rooms that the socket is in. */
  ROOMS(2),
  /** The data that the application shares of the socket. */
  DATA(4);

  private final int bit;

  Projection(int bit) {
    this.bit = bit;
  }

  /** Returns the bit in the {@code projection} of a query message (docs/bus-protocol.md). */
  public int bit() {
    return bit;
  }
}
