package io.starling.emitter.cli;

import io.starling.manager.BackendState;
import io.starling.manager.ManagerListener;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Notes when the broker is away and when it is back, for {@link BatchProgress} to print. The
 * publisher's threads report the connection and must not block. Safe for any thread.
 */
final class BatchBroker implements ManagerListener {
  private final Duration wait;
  private boolean away;
  private @Nullable String news;

  /** How many lines were confirmed when the outage was first shown; −1 before. */
  private long sentBefore = -1;

  BatchBroker(Duration wait) {
    this.wait = wait;
  }

  @Override
  public synchronized void stateChanged(BackendState state, @Nullable Throwable cause) {
    if (state == BackendState.DOWN) {
      isAway(cause);
    } else if (state == BackendState.UP && away) {
      isBack();
    }
  }

  @Override
  public synchronized void connectFailed(Throwable cause) {
    isAway(cause);
  }

  /**
   * Returns what has changed since the last call. The broker is also back when it confirms lines
   * again, because a publish can fail while the connection stays up.
   *
   * @param sent how many lines the broker has confirmed
   */
  synchronized Optional<String> news(long sent) {
    if (away && sentBefore < 0) {
      sentBefore = sent;
    } else if (away && sent > sentBefore) {
      isBack();
    }
    String told = news;
    news = null;
    return Optional.ofNullable(told);
  }

  private void isBack() {
    away = false;
    news = "the broker is back";
  }

  private void isAway(@Nullable Throwable cause) {
    if (!away) {
      away = true;
      sentBefore = -1;
      String reason = cause == null ? "connection lost" : String.valueOf(cause.getMessage());
      news =
          "the broker is away: " + reason + "; waiting for up to " + DurationConverter.text(wait);
    }
  }
}
