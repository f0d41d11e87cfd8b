package io.starling.socketio.netty;

import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the server listening when it cannot accept a connection, mostly because the process has no
 * file descriptor left. It stops accepting and tries again every second. Clients that connect
 * meanwhile wait in the backlog of the operating system. Only the event loop of the listening
 * channel runs this handler.
 */
final class AcceptGuard extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(AcceptGuard.class);
  private static final long PAUSE_MILLIS = 1000;
  private static final Duration BETWEEN_WARNINGS = Duration.ofMinutes(1);

  // Whether a warning was logged before, and when, as System.nanoTime() tells it.
  private boolean warned;
  private long warnedNanos;

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // a failed setAutoRead calls this method
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    warn(cause);
    ChannelConfig config = ctx.channel().config();
    if (config.isAutoRead()) {
      config.setAutoRead(false);
      ctx.channel()
          .eventLoop()
          .schedule(() -> config.setAutoRead(true), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  private void warn(Throwable cause) {
    long now = System.nanoTime();
    if (!warned || now - warnedNanos >= BETWEEN_WARNINGS.toNanos()) {
      warned = true;
      warnedNanos = now;
      LOG.warn(
          "connections cannot be accepted, trying again every second (raise the limit of open files,"
              + " ulimit -n, if that is the cause): {}",
          cause.toString());
    }
  }
}
