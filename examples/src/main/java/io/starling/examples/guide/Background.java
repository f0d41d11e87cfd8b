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

  /** Something at a fixed rate: Java's own executors do it. */
  public static ScheduledFuture<?> clock(
      SocketIoServer server, ScheduledExecutorService timer, Duration period) {
    return timer.scheduleAtFixedRate(
        () -> server.emit("time", Instant.now().toString()),
        0,
        period.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  /** Much at once: no faster than the cluster takes. */
  public static void replay(SocketIoServer server, int count) {
    IntStream.range(0, count)
        .forEach(
            i -> {
              server.whenWritable().toCompletableFuture().join();
              server.to("replay").emit("step", i);
            });
  }
}
