package io.starling.manager.pubsub;

import io.starling.manager.HostId;
import io.starling.manager.memory.ClusterRequest;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The acks and queries for which this host still waits for answers. Each has a deadline, so none
 * stays for ever. Safe for any thread.
 */
final class PendingRequests {
  private final ManagerThread thread;
  private final AtomicLong ids = new AtomicLong();
  private final ConcurrentMap<Long, ClusterRequest> pending = new ConcurrentHashMap<>();

  PendingRequests(ManagerThread thread) {
    this.thread = thread;
  }

  /**
   * Registers a request and starts its deadline.
   *
   * @param beforeExpiry runs on the publisher thread at the deadline, before the request completes
   *     with the answers that have come
   * @return the number of the request, which the answers must name
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

  /**
   * Passes an answer to its request. The answer is dropped when that request is complete or of
   * another kind.
   */
  <R extends ClusterRequest> void answer(long id, Class<R> kind, Consumer<R> answer) {
    ClusterRequest request = pending.get(id);
    if (kind.isInstance(request)) {
      answer.accept(kind.cast(request));
    }
  }

  /** A host left or died: no request waits for it any longer. */
  void hostLeft(HostId host) {
    pending.values().forEach(request -> request.left(host));
  }

  /** Completes every request with the answers that have come. */
  void expireAll() {
    pending.values().forEach(ClusterRequest::expire);
  }

  int size() {
    return pending.size();
  }
}
