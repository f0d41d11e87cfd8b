package io.starling.manager;

/** How far an operation or a question goes. */
public enum Scope {
  /** It concerns the clients of this process only and is not published to the bus. */
  LOCAL,
  /** It concerns the clients of all hosts of the cluster. */
  CLUSTER
}
