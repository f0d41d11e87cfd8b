package io.starling.emitter.cli;

import io.starling.manager.pubsub.BusMessage;
import io.starling.manager.pubsub.BusWatch;
import io.starling.protocol.payload.EventPayload;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Takes messages from the broker's threads to the thread that prints. When the output is slow, at
 * most 10,000 messages of 16 MiB together wait, and further ones are counted and not shown.
 */
final class WatchQueue implements BusWatch.Listener {
  private static final int MESSAGES = 10_000;
  private static final int BYTES = 16 << 20;

  /** What a message takes beside its event. */
  private static final int OVERHEAD = 512;

  private static final int NOTES = 100;

  private final Predicate<BusMessage> filter;
  private final BlockingQueue<BusMessage> messages = new ArrayBlockingQueue<>(MESSAGES);
  private final BlockingQueue<String> notes = new ArrayBlockingQueue<>(NOTES);
  private final Semaphore free = new Semaphore(BYTES);
  private final AtomicLong malformed = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();

  /** What to tell once the connection is open; null while it is. Guarded by this. */
  private @Nullable String whenOpen;

  WatchQueue(Predicate<BusMessage> filter) {
    this.filter = filter;
  }

  @Override
  public void message(BusMessage message) {
    if (!filter.test(message)) {
      return;
    }
    int bytes = bytes(message);
    if (!free.tryAcquire(bytes)) {
      lost.incrementAndGet();
    } else if (!messages.offer(message)) {
      free.release(bytes);
      lost.incrementAndGet();
    }
  }

  @Override
  public void malformed(String reason) {
    if (malformed.incrementAndGet() == 1) {
      note("malformed: " + reason);
    }
  }

  @Override
  public synchronized void connectFailed(Throwable cause) {
    if (whenOpen == null) {
      note("connection: none (" + cause.getMessage() + "); trying again");
      whenOpen = "connection: open";
    }
  }

  @Override
  public synchronized void connectionLost(Throwable cause) {
    note("connection: lost (" + cause.getMessage() + "); connecting again");
    whenOpen = "connection: restored; what was sent meanwhile is not shown";
  }

  @Override
  public synchronized void connectionRestored() {
    if (whenOpen != null) {
      note(whenOpen);
      whenOpen = null;
    }
  }

  /** Something to tell beside the messages. A flood of notes is cut short. */
  private void note(String text) {
    notes.offer(text);
  }

  /** The next message; null if none comes in time. Waits. */
  @Nullable BusMessage next(Duration atMost) throws InterruptedException {
    BusMessage message = messages.poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
    if (message != null) {
      free.release(bytes(message));
    }
    return message;
  }

  /** The next note; null if there is none. */
  @Nullable String note() {
    return notes.poll();
  }

  /** How many frames and messages were malformed. */
  long malformed() {
    return malformed.get();
  }

  /** How many messages were not shown because the output was slow. */
  long lost() {
    return lost.get();
  }

  private static int bytes(BusMessage message) {
    EventPayload event = message.event();
    return OVERHEAD + (event == null ? 0 : (int) event.bytes());
  }
}
