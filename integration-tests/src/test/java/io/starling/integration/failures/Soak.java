package io.starling.integration.failures;

/** Placeholder. */
public final class Soak {
  private Soak() {}
}
