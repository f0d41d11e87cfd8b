package io.starling.socketio.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pauses the accepting of connections for a second when it fails, mostly because the process has no
 * file descriptor left. New connections wait in the backlog of the operating system meanwhile.
 *
 * <p>The pause blocks the thread that calls this handler. That thread must do nothing but accept.
 * To stop reading would not do: while an accept fails, Netty begins the next multishot accept of
 * io_uring at once, even when the channel does not read, which is a busy loop.
 */
final class AcceptGuard extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(AcceptGuard.class);
  private static final long PAUSE_MILLIS = 1000;
  private static final Duration BETWEEN_WARNINGS = Duration.ofMinutes(1);

  private final CountDownLatch closing = new CountDownLatch(1);
  // Whether a warning was logged before, and when, as System.nanoTime() tells it.
  private boolean warned;
  private long warnedNanos;

  /** Ends the pause that may be under way, and lets no other begin. */
  void close() {
    closing.countDown();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    warn(cause);
    try {
      boolean unused = closing.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      // Not set again: with the flag, no later pause would wait. Netty ends this thread otherwise.
    }
  }

  private void warn(Throwable cause) {
    long now = System.nanoTime();
    if (!warned || now - warnedNanos >= BETWEEN_WARNINGS.toNanos()) {
      warned = true;
      warnedNanos = now;
      LOG.warn(
          "connections cannot be accepted, trying again every second (raise the limit of open"
              + " files, ulimit -n, if that is the cause): {}",
          cause.toString());
    }
  }
}
