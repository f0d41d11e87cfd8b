package io.starling.emitter.cli;

import io.starling.manager.BackendState;
import io.starling.manager.ManagerListener;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Tells the user when the broker is away and when it is back. Called on the publisher's threads.
 */
final class BatchBroker implements ManagerListener {
  private final BatchProgress progress;
  private final Duration wait;
  private boolean away;

  BatchBroker(BatchProgress progress, Duration wait) {
    this.progress = progress;
    this.wait = wait;
  }

  @Override
  public synchronized void stateChanged(BackendState state, @Nullable Throwable cause) {
    if (state == BackendState.DOWN) {
      isAway(cause);
    } else if (state == BackendState.UP && away) {
      away = false;
      progress.note("the broker is back");
    }
  }

  @Override
  public synchronized void connectFailed(Throwable cause) {
    isAway(cause);
  }

  private void isAway(@Nullable Throwable cause) {
    if (!away) {
      away = true;
      String reason = cause == null ? "connection lost" : String.valueOf(cause.getMessage());
      progress.note(
          "the broker is away: " + reason + "; waiting for up to " + wait.toSeconds() + " s");
    }
  }
}
