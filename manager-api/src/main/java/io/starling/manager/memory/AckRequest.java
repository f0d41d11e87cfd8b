package io.starling.manager.memory;

import io.starling.manager.AckResponses;
import io.starling.manager.HostId;
import io.starling.manager.LocalSockets;
import io.starling.manager.MissingHost;
import io.starling.manager.MissingHost.Reason;
import io.starling.manager.SocketId;
import io.starling.protocol.payload.EventPayload;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Collects the acknowledgements of one emit. The request is complete when every host has reported
 * how many clients it sent the event to, and each of these clients has answered or left.
 *
 * <p>A report that is repeated has no effect. Safe for any thread. The result completes on the
 * thread of the last report.
 */
public final class AckRequest implements ClusterRequest {
  /** The reports of each host. Guarded by this. */
  private final Map<HostId, Part> parts = new LinkedHashMap<>();

  /** The answers of all clients, in the order of arrival. Guarded by this. */
  private final Map<SocketId, EventPayload> answers = new LinkedHashMap<>();

  private final CompletableFuture<AckResponses<EventPayload>> result = new CompletableFuture<>();

  /** Whether all hosts that owe a report are known. Guarded by this. */
  private boolean expecting;

  @Override
  public void expect(Set<HostId> hosts, boolean all) {
    synchronized (this) {
      expecting |= all;
      hosts.forEach(this::part);
    }
    completeIfDone();
  }

  @Override
  public CompletionStage<AckResponses<EventPayload>> result() {
    return result;
  }

  @Override
  public void fail(Throwable cause) {
    result.completeExceptionally(cause);
  }

  /** A host reports how many clients it sent the event to; the count may be 0. */
  public void asked(HostId host, int count) {
    synchronized (this) {
      part(host).expected = count;
    }
    completeIfDone();
  }

  /**
   * A host reports the answer of one of its clients.
   *
   * @param answer null when the client left or did not answer in time, as in {@link
   *     LocalSockets.AckCollector#completed}
   */
  public void answered(HostId host, SocketId socket, @Nullable EventPayload answer) {
    synchronized (this) {
      if (result.isDone() || !part(host).done.add(socket)) {
        return;
      }
      if (answer != null) {
        part(host).answered++;
        answers.put(socket, answer);
      }
    }
    completeIfDone();
  }

  @Override
  public void left(HostId host) {
    synchronized (this) {
      Part part = parts.get(host);
      if (part == null) {
        return;
      }
      part.left = true;
    }
    completeIfDone();
  }

  @Override
  public void unreachable(HostId self) {
    synchronized (this) {
      expecting = true;
      boolean alone = true;
      for (Map.Entry<HostId, Part> each : parts.entrySet()) {
        alone &= each.getKey().equals(self);
        if (!each.getKey().equals(self) && !each.getValue().settled()) {
          each.getValue().unreachable = true;
        }
      }
      if (alone) {
        part(self).cutOff = true;
      }
    }
    completeIfDone();
  }

  @Override
  public void expire() {
    AckResponses<EventPayload> responses;
    synchronized (this) {
      responses = responses();
    }
    result.complete(responses);
  }

  private void completeIfDone() {
    AckResponses<EventPayload> responses;
    synchronized (this) {
      if (result.isDone() || !expecting || !parts.values().stream().allMatch(Part::settled)) {
        return;
      }
      responses = responses();
    }
    result.complete(responses);
  }

  private Part part(HostId host) {
    return parts.computeIfAbsent(host, h -> new Part());
  }

  private AckResponses<EventPayload> responses() {
    Map<HostId, MissingHost> missing = new LinkedHashMap<>();
    Map<SocketId, HostId> hosts = new HashMap<>();
    parts.forEach(
        (host, part) -> {
          part.done.stream().filter(answers::containsKey).forEach(id -> hosts.put(id, host));
          Reason reason = part.missing();
          if (reason != null) {
            missing.put(host, new MissingHost(reason, part.answered, Math.max(part.expected, 0)));
          }
        });
    return new AckResponses<>(answers, missing, hosts);
  }

  /** The reports of one host so far. All fields are guarded by the request. */
  private static final class Part {
    private static final int UNKNOWN = -1;

    /** The clients that answered, left or let the time-out pass. */
    private final Set<SocketId> done = new HashSet<>();

    /** How many clients the host sent the event to; {@link #UNKNOWN} until it reports that. */
    private int expected = UNKNOWN;

    /** How many of the clients in {@link #done} answered. */
    private int answered;

    private boolean left;
    private boolean unreachable;

    /** Whether this is the asking host, which could reach no other host and knows of no other. */
    private boolean cutOff;

    boolean settled() {
      return left || unreachable || (expected != UNKNOWN && done.size() >= expected);
    }

    @Nullable Reason missing() {
      if (expected != UNKNOWN && answered >= expected) {
        return cutOff ? Reason.UNREACHABLE : null;
      }
      if (unreachable && expected == UNKNOWN) {
        return Reason.UNREACHABLE;
      }
      if (left) {
        return Reason.LEFT;
      }
      return expected == UNKNOWN ? Reason.TIMED_OUT : Reason.INCOMPLETE;
    }
  }
}
