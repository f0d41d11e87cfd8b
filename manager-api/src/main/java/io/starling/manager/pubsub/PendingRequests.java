package io.starling.manager.pubsub;

import io.starling.manager.HostId;
import io.starling.manager.memory.AckRequest;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The acks that this host waits for. Each has a deadline, so nothing stays. Safe for any thread.
 */
final class PendingRequests {
  private final ManagerThread thread;
  private final AtomicLong ids = new AtomicLong();
  private final ConcurrentMap<Long, AckRequest> pending = new ConcurrentHashMap<>();

  PendingRequests(ManagerThread thread) {
    this.thread = thread;
  }

  /** One that waits. */
  record Pending(long id, AckRequest request) {}

  Pending open(Collection<HostId> hosts, Duration timeout) {
    long id = ids.incrementAndGet();
    AckRequest request = new AckRequest(hosts);
    pending.put(id, request);
    ManagerThread.Cancellable deadline = thread.schedule(timeout, request::expire);
    request
        .result()
        .whenComplete(
            (result, failure) -> {
              pending.remove(id);
              deadline.cancel();
            });
    return new Pending(id, request);
  }

  /** Answers that nobody waits for any more are dropped. */
  void answer(long id, Consumer<AckRequest> answer) {
    AckRequest request = pending.get(id);
    if (request != null) {
      answer.accept(request);
    }
  }

  void hostLeft(HostId host) {
    pending.values().forEach(request -> request.left(host));
  }

  void expireAll() {
    pending.values().forEach(AckRequest::expire);
  }

  int size() {
    return pending.size();
  }
}
