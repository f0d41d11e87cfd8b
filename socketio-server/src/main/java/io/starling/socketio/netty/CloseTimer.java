package io.starling.socketio.netty;

import io.netty.channel.Channel;
import io.starling.engineio.SessionExecutor;
import io.starling.engineio.SessionExecutor.Cancellable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Closes the channel of a client that does not answer the server's close frame in time. Confined to
 * the event loop of the channel.
 */
final class CloseTimer {
  /** How long a client that broke a rule may take to send its close frame. */
  private static final Duration FAILURE_TIMEOUT = Duration.ofSeconds(1);

  private final Channel channel;
  private final SessionExecutor loop;
  private final Duration timeout;
  private final WriteProgress progress;

  private @Nullable Cancellable timer;

  CloseTimer(Channel channel, SessionExecutor loop, Duration timeout) {
    this.channel = channel;
    this.loop = loop;
    this.timeout = timeout;
    this.progress = new WriteProgress(channel);
  }

  /** See {@link WriteProgress#changes}. */
  long changes() {
    return progress.changes();
  }

  /**
   * Gives the client the full time from now on.
   *
   * @param broken whether the client broke a rule, which leaves it less time
   */
  void start(boolean broken) {
    cancel();
    if (!channel.isActive()) {
      return;
    } else if (broken) {
      timer = loop.schedule(FAILURE_TIMEOUT, () -> ChannelWrites.close(channel));
    } else {
      long before = changes();
      timer = loop.schedule(timeout, () -> closeUnlessTaking(before));
    }
  }

  /**
   * Closes the channel, unless the client is still receiving what was written before the close
   * frame. Then the client gets the full time again.
   */
  private void closeUnlessTaking(long before) {
    if (ChannelWrites.unsent(channel) > 0 && changes() != before) {
      start(false);
    } else {
      ChannelWrites.close(channel);
    }
  }

  void cancel() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
