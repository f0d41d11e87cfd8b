package io.starling.client;

/** The transports of Engine.IO v4 that this client speaks. */
public enum TransportKind {
  /** HTTP long-polling. */
  POLLING("polling"),
  /** WebSocket, from the start or after an upgrade. */
  WEBSOCKET("websocket");

  private final String text;

  TransportKind(String text) {
    this.text = text;
  }

  /** The value of the {@code transport} query parameter. */
  public String text() {
    return text;
  }

  static TransportKind of(String text) {
    return text.equals(POLLING.text) ? POLLING : WEBSOCKET;
  }
}
