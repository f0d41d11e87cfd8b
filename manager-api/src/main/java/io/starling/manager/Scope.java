package io.starling.manager;

/** How far an operation or a question goes. */
public enum Scope {
  /**
   * The operation or question concerns the clients of this process only. It is not published to the
   * bus.
   */
  LOCAL,
  /** The operation or question concerns the clients of all hosts of the cluster. */
  CLUSTER
}
