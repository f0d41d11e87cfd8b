package io.starling.engineio;

import io.starling.engineio.protocol.EngineIoPacket;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The trial of a WebSocket that wants to take a polling session over.
 *
 * <pre>
 * client  2probe                       5
 * server          3probe  6 on a poll     the WebSocket is the transport
 * </pre>
 *
 * Anything else, or too much time, ends the WebSocket; the session stays on polling. Confined to
 * the session's loop.
 */
final class UpgradeProbe implements TransportEvents {
  private static final String PROBE = "probe";
  private static final Duration NOOP_INTERVAL = Duration.ofMillis(100);

  private final EngineIoSession session;
  private final EngineIoTransport candidate;
  private SessionExecutor.@Nullable Cancellable timeout;
  private SessionExecutor.@Nullable Cancellable tick;
  private boolean ended;

  UpgradeProbe(EngineIoSession session, EngineIoTransport candidate) {
    this.session = session;
    this.candidate = candidate;
  }

  void start(Duration upgradeTimeout) {
    timeout = session.loop().schedule(upgradeTimeout, () -> failed(CloseReason.FORCED_CLOSE));
    candidate.bind(this);
  }

  @Override
  public void received(EngineIoPacket packet) {
    if (ended) {
      return;
    }
    if (tick == null && packet.equals(new EngineIoPacket.Ping(PROBE))) {
      candidate.write(new EngineIoPacket.Pong(PROBE));
      candidate.flush();
      scheduleTick();
    } else if (tick != null && packet instanceof EngineIoPacket.Upgrade) {
      stop();
      session.switchTo(candidate);
    } else {
      failed(CloseReason.FORCED_CLOSE);
    }
  }

  @Override
  public void ready() {}

  @Override
  public void failed(CloseReason reason) {
    if (!ended) {
      stop();
      candidate.close(reason);
      session.probeEnded();
    }
  }

  /** The client sends no upgrade while a poll is pending, so polls must be answered. */
  private void scheduleTick() {
    tick =
        session
            .loop()
            .schedule(
                NOOP_INTERVAL,
                () -> {
                  try {
                    session.releasePoll();
                  } finally {
                    scheduleTick();
                  }
                });
  }

  private void stop() {
    ended = true;
    if (timeout != null) {
      timeout.cancel();
    }
    if (tick != null) {
      tick.cancel();
    }
  }
}
