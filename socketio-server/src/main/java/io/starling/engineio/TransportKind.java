package io.starling.engineio;

import java.util.Optional;

/** The transports of Engine.IO v4 that this server speaks. */
public enum TransportKind {
  /** HTTP long-polling. */
  POLLING("polling"),
  /** WebSocket, from the start or after an upgrade. */
  WEBSOCKET("websocket");

  private static final TransportKind[] ALL = values();

  private final String text;
  private final Optional<TransportKind> found = Optional.of(this);

  TransportKind(String text) {
    this.text = text;
  }

  /** The value of the {@code transport} query parameter. */
  public String text() {
    return text;
  }

  /** The transport that a {@code transport} query parameter names; empty for an unknown name. */
  public static Optional<TransportKind> of(String text) {
    for (TransportKind kind : ALL) {
      if (kind.text.equals(text)) {
        return kind.found;
      }
    }
    return Optional.empty();
  }
}
