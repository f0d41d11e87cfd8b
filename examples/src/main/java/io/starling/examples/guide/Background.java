package io.starling.examples.guide;

import io.starling.socketio.SocketIoServer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Guide: background work. */
public final class Background {
  private Background() {}

  /** Emits at a fixed rate, by an executor of Java. */
  public static ScheduledFuture<?> clock(
      SocketIoServer server, ScheduledExecutorService timer, Duration period) {
    return timer.scheduleAtFixedRate(
        () -> server.emit("time", Instant.now().toString()),
        0,
        period.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  /** Emits many events, but no faster than the broker takes them. */
  public static void replay(SocketIoServer server, int count) {
    IntStream.range(0, count)
        .forEach(
            i -> {
              server.whenWritable().toCompletableFuture().join();
              server.to("replay").emit("step", i);
            });
  }
}
