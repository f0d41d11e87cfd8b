package io.starling.socketio.protocol;

/** What one packet of a client may have. Immutable; one for all connections of a server. */
public final class PacketLimits {
  private final int maxAttachments;
  private final JsonPayload json;

  /**
   * Limits of a server.
   *
   * @param maxAttachments more make a client hold memory that nobody bounds
   * @param maxJsonDepth how deep arrays and objects are nested
   */
  public PacketLimits(int maxAttachments, int maxJsonDepth) {
    this.maxAttachments = maxAttachments;
    this.json = new JsonPayload(maxJsonDepth);
  }

  int maxAttachments() {
    return maxAttachments;
  }

  /** The JSON texts of packets, with their limits. */
  JsonPayload json() {
    return json;
  }
}
