package io.starling.manager;

/** How an emit is to be delivered. The code is its bit on the bus. */
public enum EmitFlag {
  /** Dropped for each client whose transport cannot take it at once. */
  VOLATILE(1),
  /** Not worth compressing, whatever the transport is set to. */
  UNCOMPRESSED(2),
  /** Only for the clients of this process; never on the bus. */
  LOCAL(0);

  private final int bit;

  EmitFlag(int bit) {
    this.bit = bit;
  }

  /** The bit of the bus protocol's emit flags, or 0 for what never travels. */
  public int bit() {
    return bit;
  }
}
