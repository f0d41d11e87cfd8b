package io.starling.manager;

/** An option of how an emit is delivered. */
public enum EmitFlag {
  /** The event is dropped for each client whose transport cannot take it at once. */
  VOLATILE(1),
  /** Transports do not compress the event, even where their compression is on. */
  UNCOMPRESSED(2);

  private final int bit;

  EmitFlag(int bit) {
    this.bit = bit;
  }

  /**
   * Returns the bit of this flag in the {@code flags} of an emit message (docs/bus-protocol.md,
   * "Messages").
   */
  public int bit() {
    return bit;
  }
}
