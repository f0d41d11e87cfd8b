package io.starling.examples.guide;

import io.starling.emitter.Emitter;
import java.util.Map;

/** A process without a server and clients that sends one event to all members of a room. */
public final class PriceFeed {
  private PriceFeed() {}

  /** Emits one event. */
  public static void emit(String manager) {
    try (Emitter emitter = Emitter.create(manager)) {
      emitter.to("news").emit("price", Map.of("eur", 4.2));
    }
  }
}
