package io.starling.engineio;

import io.starling.protocol.engineio.EngineIoPacket;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An upgrade that is under way: a polling session tries a WebSocket as its next transport. The
 * packets are those of the Engine.IO protocol, revision 4, "Upgrade":
 *
 * <pre>
 * client  2probe                       5
 * server          3probe  6 on a poll     the WebSocket is the transport
 * </pre>
 *
 * If another packet arrives on the WebSocket, or if the upgrade timeout passes, the WebSocket is
 * closed and the session stays on polling. Only the session's event loop uses this object.
 */
final class UpgradeProbe implements TransportEvents {
  private static final String PROBE = "probe";
  private static final Duration NOOP_INTERVAL = Duration.ofMillis(100);

  private final EngineIoSession session;
  private final EngineIoTransport candidate;
  private SessionExecutor.@Nullable Cancellable timeout;

  /** The timer that answers pending polls; null until the client has sent its probe. */
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

  /** Answers polls regularly: the client sends its upgrade packet only when no poll is pending. */
  private void tick() {
    scheduleTick();
    session.writer().releasePoll();
  }

  private void scheduleTick() {
    tick = session.loop().schedule(NOOP_INTERVAL, this::tick);
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
