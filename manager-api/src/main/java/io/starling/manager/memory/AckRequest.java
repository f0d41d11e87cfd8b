package io.starling.manager.memory;

import io.starling.manager.AckResponses;
import io.starling.manager.HostId;
import io.starling.manager.LocalSockets;
import io.starling.manager.MissingHost;
import io.starling.manager.MissingHost.Reason;
import io.starling.manager.SocketId;
import io.starling.manager.protocol.EventPayload;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The acks of one emit as they come in, host by host. Complete when every host has said how many
 * clients it asked and each of these answered or left. Every report is idempotent; safe for any
 * thread. The result completes on the thread of the last report.
 */
public final class AckRequest implements ClusterRequest {
  private final Map<HostId, Part> parts = new LinkedHashMap<>();
  private final Map<SocketId, EventPayload> answers = new LinkedHashMap<>();
  private final CompletableFuture<AckResponses<EventPayload>> result = new CompletableFuture<>();

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

  /** A host says how many clients it asked; 0 too. */
  public void asked(HostId host, int count) {
    synchronized (this) {
      part(host).expected = count;
    }
    completeIfDone();
  }

  /** As {@link LocalSockets.AckCollector#completed}, on a host. */
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

  /** What one host said so far. */
  private static final class Part {
    private static final int UNKNOWN = -1;

    private final Set<SocketId> done = new HashSet<>();
    private int expected = UNKNOWN;
    private int answered;
    private boolean left;
    private boolean unreachable;

    /** This is the asking host, which could reach nobody and knows of nobody. */
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
