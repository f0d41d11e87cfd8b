package io.starling.socketio.transport;

/**
 * From which size on something is compressed.
 *
 * @param bytes at least 0; {@link Integer#MAX_VALUE} for never
 */
public record CompressionThreshold(int bytes) {
  /** Nothing is compressed. */
  public static final CompressionThreshold OFF = new CompressionThreshold(Integer.MAX_VALUE);

  /** From 1,024 bytes on, as the official server has it. */
  public static final CompressionThreshold STANDARD = new CompressionThreshold(1024);

  /** Checks the size. */
  public CompressionThreshold {
    if (bytes < 0) {
      throw new IllegalArgumentException("compression: " + bytes + " (expected: >= 0)");
    }
  }

  /** Whether anything is compressed at all. */
  public boolean on() {
    return bytes < Integer.MAX_VALUE;
  }

  /** Whether something of this size is compressed. */
  public boolean reachedBy(long size) {
    return on() && size >= bytes;
  }
}
