package io.starling.socketio.netty;

import io.netty.channel.Channel;
import io.starling.engineio.SessionExecutor;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * Hands the messages of a client over from the event loop of its channel to that of its session.
 * The server does not read from the client while too many bytes wait for the session's loop, or
 * while the session has stopped reading.
 */
final class HandOver {
  /** How many bytes of messages may wait for the loop of the session. */
  private static final long MAX_BYTES = 1 << 20;

  /** About how many bytes of memory a message takes besides its payload. */
  private static final long MESSAGE_BYTES = 256;

  private static final AtomicLongFieldUpdater<HandOver> WAITING =
      AtomicLongFieldUpdater.newUpdater(HandOver.class, "waitingBytes");

  private final Channel channel;
  private final SessionExecutor channelLoop;
  private final SessionExecutor sessionLoop;

  /**
   * How many bytes wait for the loop of the session. Both event loops change this field, by {@link
   * #WAITING}.
   */
  private volatile long waitingBytes;

  /**
   * Whether the session has stopped reading. Only the event loop of the channel reads and writes
   * this field.
   */
  private boolean stopped;

  HandOver(Channel channel, SessionExecutor channelLoop, SessionExecutor sessionLoop) {
    this.channel = channel;
    this.channelLoop = channelLoop;
    this.sessionLoop = sessionLoop;
  }

  /** Runs a task with a message of this size on the loop of the session. */
  void execute(int payloadBytes, Runnable task) {
    long bytes = payloadBytes + MESSAGE_BYTES;
    if (WAITING.addAndGet(this, bytes) > MAX_BYTES) {
      channel.config().setAutoRead(false);
    }
    sessionLoop.execute(
        () -> {
          try {
            task.run();
          } finally {
            done(bytes);
          }
        });
  }

  private void done(long bytes) {
    long left = WAITING.addAndGet(this, -bytes);
    if (left <= MAX_BYTES && left + bytes > MAX_BYTES) {
      channelLoop.execute(this::readOn);
    }
  }

  /** Stops or resumes reading. Call this method on the channel's loop. */
  void read(boolean on) {
    stopped = !on;
    if (on) {
      readOn();
    } else {
      channel.config().setAutoRead(false);
    }
  }

  private void readOn() {
    if (!stopped && waitingBytes <= MAX_BYTES) {
      channel.config().setAutoRead(true);
    }
  }
}
