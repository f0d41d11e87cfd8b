package io.starling.socketio.internal;

import io.starling.manager.LocalServer.AckCollector;
import io.starling.protocol.payload.EventPayload;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The acks that one packet asks of one or many sockets, all under the same id. The collector is
 * told of each socket once: its answer, or null when the socket left or did not answer in time.
 * Safe for any thread.
 */
final class AckRequest {
  private static final Logger LOG = LoggerFactory.getLogger(AckRequest.class);

  private final long id;
  private final AckCollector collector;
  private final List<DefaultSocket> sockets;

  /** How many sockets have not completed. Guarded by this. */
  private int open;

  /** Cancels the timeout; null until the timeout is set. Guarded by this. */
  private @Nullable Runnable deadline;

  AckRequest(long id, List<DefaultSocket> sockets, AckCollector collector) {
    this.id = id;
    this.sockets = sockets;
    this.collector = collector;
    this.open = sockets.size();
  }

  /**
   * Registers this request with all its sockets. Call it before the packet is sent, so that no
   * answer comes too early.
   */
  void expect() {
    for (DefaultSocket socket : sockets) {
      socket.acks().expect(id, this);
    }
  }

  /** Starts the timeout, unless all sockets have completed already. */
  void expireBy(Deadlines deadlines, Duration timeout) {
    Runnable scheduled = deadlines.after(timeout, this::expire);
    synchronized (this) {
      if (open > 0) {
        deadline = scheduled;
        return;
      }
    }
    scheduled.run();
  }

  /**
   * One socket answered, left or did not answer in time. The {@link AckTable} of each socket calls
   * this method once.
   *
   * @param answer the answer; null if there is none
   */
  void completed(DefaultSocket socket, @Nullable EventPayload answer) {
    try {
      collector.completed(socket.id(), answer);
    } catch (Throwable e) {
      // The exception must not keep other sockets and requests from completing.
      LOG.error("an ack of {} was not taken", socket.id(), e);
    }
    Runnable cancel;
    synchronized (this) {
      open--;
      cancel = open == 0 ? deadline : null;
    }
    if (cancel != null) {
      cancel.run();
    }
  }

  private void expire() {
    for (DefaultSocket socket : sockets) {
      socket.acks().complete(id, null);
    }
  }
}
