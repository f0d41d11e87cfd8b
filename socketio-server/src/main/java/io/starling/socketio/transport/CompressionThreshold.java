package io.starling.socketio.transport;

/**
 * The size from which messages or response bodies are compressed.
 *
 * @param bytes the smallest compressed size, at least 0; {@link Integer#MAX_VALUE} turns
 *     compression off
 */
public record CompressionThreshold(int bytes) {
  /** Turns compression off. */
  public static final CompressionThreshold OFF = new CompressionThreshold(Integer.MAX_VALUE);

  /** Compression from 1,024 bytes on, which is the official server's threshold. */
  public static final CompressionThreshold STANDARD = new CompressionThreshold(1024);

  /** Checks the size. */
  public CompressionThreshold {
    if (bytes < 0) {
      throw new IllegalArgumentException("compression: " + bytes + " (expected: >= 0)");
    }
  }

  /** Whether compression is on. */
  public boolean on() {
    return bytes < Integer.MAX_VALUE;
  }

  /** Whether a message or body of this size in bytes is compressed. */
  public boolean reachedBy(long size) {
    return on() && size >= bytes;
  }
}
