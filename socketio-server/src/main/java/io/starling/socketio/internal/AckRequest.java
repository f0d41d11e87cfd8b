package io.starling.socketio.internal;

import io.starling.manager.LocalSockets.AckCollector;
import io.starling.manager.protocol.EventPayload;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The acks that one packet asks of one or many sockets, all under the same id. The collector hears
 * of each socket once: of its answer, its end, or the deadline. Safe for any thread.
 */
final class AckRequest {
  private static final Logger LOG = LoggerFactory.getLogger(AckRequest.class);

  private final long id;
  private final AckCollector collector;
  private final List<DefaultSocket> sockets;
  private int open;
  private @Nullable Runnable deadline;

  AckRequest(long id, List<DefaultSocket> sockets, AckCollector collector) {
    this.id = id;
    this.sockets = sockets;
    this.collector = collector;
    this.open = sockets.size();
  }

  /** Begins to wait; call it before the packet goes out. */
  void expect() {
    for (DefaultSocket socket : sockets) {
      socket.acks().expect(id, this);
    }
  }

  /** Sets the deadline, unless all have answered already. */
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

  /** One of its sockets is done. Called once for each, by its table. */
  void completed(DefaultSocket socket, @Nullable EventPayload answer) {
    try {
      collector.completed(socket.id(), answer);
    } catch (Throwable e) {
      // The other sockets and requests are still told.
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
