package io.starling.protocol.socketio;

/** The limits on one packet of a client. Immutable; shared by all connections of a server. */
public final class PacketLimits {
  private final int maxAttachments;
  private final JsonPayload json;

  /**
   * The limits of a server.
   *
   * @param maxAttachments the most attachments of one packet; without such a limit a client could
   *     make the server keep any number of attachments of one incomplete packet
   * @param maxJsonDepth the deepest nesting of arrays and objects
   */
  public PacketLimits(int maxAttachments, int maxJsonDepth) {
    this.maxAttachments = maxAttachments;
    this.json = new JsonPayload(maxJsonDepth);
  }

  int maxAttachments() {
    return maxAttachments;
  }

  /** The checker of the JSON texts, which applies the JSON limits. */
  JsonPayload json() {
    return json;
  }
}
