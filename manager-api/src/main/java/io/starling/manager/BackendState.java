package io.starling.manager;

/** The state of the connection between a manager or emitter and its broker. */
public enum BackendState {
  /**
   * The manager has not yet received its first own message back from the broker, or the emitter has
   * not yet connected.
   */
  STARTING,
  /** The manager publishes, and receives its own messages back in time. */
  UP,
  /**
   * The manager is connected in part. It has lost the connection to publish or the one to receive,
   * or its own messages come back late or not at all, or another host does not hear it.
   */
  DEGRADED,
  /**
   * The manager has no connection. Operations wait in the outbox, and the clients of this process
   * are still served.
   */
  DOWN,
  /** The manager was closed. This state is final. */
  CLOSED
}
