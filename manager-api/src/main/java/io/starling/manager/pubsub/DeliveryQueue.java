package io.starling.manager.pubsub;

import io.starling.manager.pubsub.FrameCodec.Header;
import io.starling.manager.pubsub.HeldFrames.Held;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The deliveries and reports of one origin, in the order in which they must run. One thread at a
 * time runs them; other threads only add to the queue. The steps run without any lock.
 *
 * <p>The lock of the {@link OriginStream} guards all fields. Methods that say so are called by a
 * thread that holds this lock; all others take it.
 */
final class DeliveryQueue {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryQueue.class);

  private final Object lock;
  private final OriginRegistry registry;
  private final Queue<Runnable> steps = new ArrayDeque<>();

  /** Whether a thread delivers at the moment. Only that thread takes steps from the queue. */
  private boolean delivering;

  DeliveryQueue(OriginStream lock, OriginRegistry registry) {
    this.lock = lock;
    this.registry = registry;
  }

  /** Adds a step. The caller holds the lock. */
  void add(Runnable step) {
    assert Thread.holdsLock(lock);
    steps.add(step);
  }

  /**
   * Adds the delivery of a frame, except for its first messages. Without a copy only if the calling
   * thread drains the queue before it returns, because the broker's buffers are valid only until
   * then. Returns false when there is no memory for the copy. The caller holds the lock.
   *
   * @param skip how many messages were delivered before
   */
  boolean add(Header header, List<ByteBuffer> messages, int skip) {
    if (!delivering) {
      steps.add(() -> deliver(header, messages, skip));
      return true;
    }
    Held copy = registry.copy(header, messages);
    if (copy != null) {
      add(copy, skip);
    }
    return copy != null;
  }

  /** Adds the delivery of a copy, whose memory is given back then. The caller holds the lock. */
  void add(Held frame, int skip) {
    steps.add(
        () -> {
          try {
            deliver(frame.header(), frame.messages(), skip);
          } finally {
            registry.released(frame.bytes());
          }
        });
  }

  /** Whether a thread delivers at the moment. The caller holds the lock. */
  boolean isDelivering() {
    assert Thread.holdsLock(lock);
    return delivering;
  }

  /** Whether no step is queued. The caller holds the lock. */
  boolean isEmpty() {
    assert Thread.holdsLock(lock);
    return steps.isEmpty();
  }

  /**
   * Makes the calling thread the one that delivers, if steps are queued and no other thread
   * delivers. It must call {@link #drain()} once it has released the lock. The caller holds the
   * lock.
   */
  boolean claim() {
    assert Thread.holdsLock(lock);
    boolean claimed = !delivering && !steps.isEmpty();
    delivering |= claimed;
    return claimed;
  }

  /** Runs all steps, unless another thread delivers already. */
  void run() {
    boolean claimed;
    synchronized (lock) {
      claimed = claim();
    }
    if (claimed) {
      drain();
    }
  }

  /** Runs all steps on the thread that has claimed the queue. */
  void drain() {
    for (Runnable step = next(); step != null; step = next()) {
      step.run();
    }
  }

  /**
   * Runs one step in each turn of the publisher thread, so that a long queue does not delay its
   * other work.
   */
  void runInTurns(ManagerThread thread) {
    Runnable step;
    synchronized (lock) {
      step = delivering ? null : next();
    }
    if (step != null) {
      step.run();
      synchronized (lock) {
        delivering = false;
      }
      thread.execute(() -> runInTurns(thread));
    }
  }

  private @Nullable Runnable next() {
    synchronized (lock) {
      Runnable step = steps.poll();
      delivering = step != null;
      return step;
    }
  }

  private void deliver(Header header, List<ByteBuffer> messages, int skip) {
    try {
      registry.deliver(header, skip == 0 ? messages : messages.subList(skip, messages.size()));
    } catch (RuntimeException | Error e) {
      LOG.error("A frame of {} was lost by a defect", header.origin(), e);
    }
  }
}
