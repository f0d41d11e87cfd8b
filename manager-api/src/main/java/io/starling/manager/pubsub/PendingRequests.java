package io.starling.manager.pubsub;

import io.starling.manager.HostId;
import io.starling.manager.memory.ClusterRequest;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The answers that this host waits for. Each has a deadline, so nothing stays. Safe for any thread.
 */
final class PendingRequests {
  private final ManagerThread thread;
  private final AtomicLong ids = new AtomicLong();
  private final ConcurrentMap<Long, ClusterRequest> pending = new ConcurrentHashMap<>();

  PendingRequests(ManagerThread thread) {
    this.thread = thread;
  }

  /**
   * Gives a request its number, and its deadline.
   *
   * @param beforeExpiry runs at the deadline, before the request ends with what there is
   */
  long open(ClusterRequest request, Duration timeout, Runnable beforeExpiry) {
    long id = ids.incrementAndGet();
    pending.put(id, request);
    ManagerThread.Cancellable deadline =
        thread.schedule(
            timeout,
            () -> {
              beforeExpiry.run();
              request.expire();
            });
    request
        .result()
        .whenComplete(
            (result, failure) -> {
              pending.remove(id);
              deadline.cancel();
            });
    return id;
  }

  /** Answers that nobody waits for any more are dropped. */
  <R extends ClusterRequest> void answer(long id, Class<R> kind, Consumer<R> answer) {
    ClusterRequest request = pending.get(id);
    if (kind.isInstance(request)) {
      answer.accept(kind.cast(request));
    }
  }

  void hostLeft(HostId host) {
    pending.values().forEach(request -> request.left(host));
  }

  void expireAll() {
    pending.values().forEach(ClusterRequest::expire);
  }

  int size() {
    return pending.size();
  }
}
