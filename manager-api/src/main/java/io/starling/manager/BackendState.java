package io.starling.manager;

/** How a manager stands with its broker. */
public enum BackendState {
  /** Started, not yet heard its own first message. */
  STARTING,
  /** Publishes and hears itself. */
  UP,
  /** Connected, but what it hears is late, or one direction is gone. */
  DEGRADED,
  /** No connection: publishes wait, local delivery goes on. */
  DOWN,
  /** Closed for good. */
  CLOSED
}
