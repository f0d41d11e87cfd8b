package io.starling.examples.guide;

import io.starling.emitter.Emitter;
import java.util.Map;

/** A batch worker: no server, no client, one event to everybody in a room. */
public final class PriceFeed {
  private PriceFeed() {}

  /** Emits once. */
  public static void emit(String manager) {
    try (Emitter emitter = Emitter.create(manager)) {
      emitter.to("news").emit("price", Map.of("eur", 4.2));
    }
  }
}
