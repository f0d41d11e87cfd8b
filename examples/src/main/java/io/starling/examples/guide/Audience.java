package io.starling.examples.guide;

import io.starling.emitter.Emitter;
import io.starling.manager.HostResponses;
import java.time.Duration;

/** A process without a server that asks the servers. */
public final class Audience {
  private Audience() {}

  /** Counts the members of a room on all servers. */
  public static int of(String manager, String room) {
    try (Emitter emitter = Emitter.builder(manager).withReplies().create()) {
      HostResponses<Integer> counted =
          emitter.to(room).timeout(Duration.ofSeconds(5)).count().toCompletableFuture().join();
      return counted.answers().values().stream().mapToInt(Integer::intValue).sum();
    }
  }
}
