package io.starling.manager;

/** What is asked of each socket beside its id. The code is its bit on the bus. */
public enum Projection {
  ROOMS(2),
  DATA(4);

  private final int bit;

  Projection(int bit) {
    this.bit = bit;
  }

  /** The bit of the bus protocol's query. */
  public int bit() {
    return bit;
  }
}
