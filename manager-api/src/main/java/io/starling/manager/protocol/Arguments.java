package io.starling.manager.protocol;

/** placeholder */
public final class Arguments {
  private Arguments() {}
}
