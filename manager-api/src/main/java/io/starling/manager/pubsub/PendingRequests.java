package io.starling.manager.pubsub;

import io.starling.manager.HostId;
import io.starling.manager.local.Answer;
import io.starling.manager.local.Gathering;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The questions for which this host still waits for answers. Each has a deadline, so none stays for
 * ever. Safe for any thread.
 */
final class PendingRequests {
  private final ManagerThread thread;
  private final AtomicLong ids = new AtomicLong();
  private final ConcurrentMap<Long, Gathering<?>> pending = new ConcurrentHashMap<>();

  PendingRequests(ManagerThread thread) {
    this.thread = thread;
  }

  /**
   * Registers a question and starts its deadline.
   *
   * @param beforeExpiry runs on the publisher thread at the deadline, before the gathering
   *     completes with the answers that have come
   * @return the number of the question, which the answers must name
   */
  long open(Gathering<?> gathering, Duration timeout, Runnable beforeExpiry) {
    long id = ids.incrementAndGet();
    pending.put(id, gathering);
    ManagerThread.Cancellable deadline =
        thread.schedule(
            timeout,
            () -> {
              beforeExpiry.run();
              gathering.expire();
            });
    gathering
        .result()
        .whenComplete(
            (result, failure) -> {
              pending.remove(id);
              deadline.cancel();
            });
    return id;
  }

  /** Passes an answer to its question. It is dropped when the question is no longer open. */
  void answered(long id, HostId origin, Answer answer) {
    Gathering<?> gathering = pending.get(id);
    if (gathering != null) {
      gathering.answered(origin, answer);
    }
  }

  /** A host left or died: no question waits for it any longer. */
  void hostLeft(HostId host) {
    pending.values().forEach(gathering -> gathering.left(host));
  }

  /** Completes every question with the answers that have come. */
  void expireAll() {
    expireAll(gathering -> {});
  }

  /**
   * Completes every question with the answers that have come.
   *
   * @param beforeExpiry gets each question before that
   */
  void expireAll(Consumer<Gathering<?>> beforeExpiry) {
    for (Gathering<?> gathering : pending.values()) {
      beforeExpiry.accept(gathering);
      gathering.expire();
    }
  }

  int size() {
    return pending.size();
  }
}
