package io.starling.manager.memory;

import io.starling.manager.HostId;
import io.starling.manager.HostResponses;
import io.starling.manager.MissingHost;
import io.starling.manager.MissingHost.Reason;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BinaryOperator;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The answers to one query as they come in, host by host, in parts. Complete when every host that
 * is expected has answered, refused or left, or when one answer is enough. Every report is
 * idempotent; safe for any thread. The result completes on the thread of the last report.
 *
 * @param <T> what a host answers
 */
public final class HostRequest<T> implements ClusterRequest {
  private final BinaryOperator<T> merge;
  private final Predicate<? super T> enough;
  private final Map<HostId, Part<T>> parts = new LinkedHashMap<>();
  private final CompletableFuture<HostResponses<T>> result = new CompletableFuture<>();
  private boolean expecting;

  /** The asking host, when it could reach nobody and knows of nobody. */
  private @Nullable HostId cutOff;

  /**
   * Begins to wait.
   *
   * @param merge puts the parts of one host together
   * @param enough whether an answer makes all others needless
   */
  public HostRequest(BinaryOperator<T> merge, Predicate<? super T> enough) {
    this.merge = merge;
    this.enough = enough;
  }

  @Override
  public CompletionStage<HostResponses<T>> result() {
    return result;
  }

  @Override
  public void expect(Set<HostId> hosts, boolean all) {
    synchronized (this) {
      expecting |= all;
      hosts.forEach(this::part);
    }
    completeIfDone();
  }

  /**
   * A part of a host's answer.
   *
   * @param index from 0
   * @param count how many parts there are, at least 1
   */
  public void answered(HostId host, T value, int index, int count) {
    boolean done;
    synchronized (this) {
      Part<T> part = part(host);
      if (result.isDone() || index < 0 || index >= count || !part.received.add(index)) {
        return;
      }
      part.count = count;
      part.value = part.value == null ? value : merge.apply(part.value, value);
      done = enough.test(value);
    }
    if (done) {
      expire();
    } else {
      completeIfDone();
    }
  }

  /** A host says that it has no answer. */
  public void refused(HostId host, Reason reason) {
    synchronized (this) {
      part(host).refused = reason;
    }
    completeIfDone();
  }

  @Override
  public void left(HostId host) {
    synchronized (this) {
      Part<T> part = parts.get(host);
      if (part == null || part.complete()) {
        return;
      }
      part.refused = Reason.LEFT;
    }
    completeIfDone();
  }

  @Override
  public void unreachable(HostId self) {
    synchronized (this) {
      expecting = true;
      boolean alone = true;
      for (Map.Entry<HostId, Part<T>> each : parts.entrySet()) {
        alone &= each.getKey().equals(self);
        if (!each.getKey().equals(self) && !each.getValue().settled()) {
          each.getValue().refused = Reason.UNREACHABLE;
        }
      }
      if (alone) {
        cutOff = self;
      }
    }
    completeIfDone();
  }

  @Override
  public void expire() {
    HostResponses<T> responses;
    synchronized (this) {
      responses = responses();
    }
    result.complete(responses);
  }

  @Override
  public void fail(Throwable cause) {
    result.completeExceptionally(cause);
  }

  private void completeIfDone() {
    synchronized (this) {
      if (!expecting || !parts.values().stream().allMatch(Part::settled)) {
        return;
      }
    }
    expire();
  }

  private Part<T> part(HostId host) {
    return parts.computeIfAbsent(host, h -> new Part<>());
  }

  private HostResponses<T> responses() {
    Map<HostId, T> answers = new LinkedHashMap<>();
    Map<HostId, MissingHost> missing = new LinkedHashMap<>();
    boolean anyEnough =
        parts.values().stream().anyMatch(part -> part.value != null && enough.test(part.value));
    parts.forEach(
        (host, part) -> {
          if (part.value != null && part.complete()) {
            answers.put(host, part.value);
          } else if (!anyEnough) {
            missing.put(host, part.missing());
          }
        });
    if (cutOff != null && !anyEnough) {
      missing.put(cutOff, new MissingHost(Reason.UNREACHABLE, 0, 0));
    }
    return new HostResponses<>(answers, missing);
  }

  /** What one host said so far. */
  private static final class Part<T> {
    /** Costs as much as what came, whatever an answer says of its parts. */
    private final Set<Integer> received = new HashSet<>();

    private int count;
    private @Nullable T value;
    private @Nullable Reason refused;

    boolean complete() {
      return count > 0 && received.size() >= count;
    }

    boolean settled() {
      return refused != null || complete();
    }

    MissingHost missing() {
      Reason reason = refused;
      if (reason == null) {
        reason = count == 0 ? Reason.TIMED_OUT : Reason.INCOMPLETE;
      }
      return new MissingHost(reason, received.size(), count);
    }
  }
}
