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
 * Collects the answers of the hosts to one query. An answer may arrive in several parts. The
 * request is complete when every expected host has answered, refused or left, or when one part of
 * an answer makes all others needless.
 *
 * <p>A report that is repeated has no effect. Safe for any thread. The result completes on the
 * thread of the last report.
 *
 * @param <T> the type of an answer, and of a part of an answer
 */
public final class HostRequest<T> implements ClusterRequest {
  private final BinaryOperator<T> merge;
  private final Predicate<? super T> enough;

  /** The reports of each host. Guarded by this. */
  private final Map<HostId, Part<T>> parts = new LinkedHashMap<>();

  private final CompletableFuture<HostResponses<T>> result = new CompletableFuture<>();

  /** Whether all hosts that owe an answer are known. Guarded by this. */
  private boolean expecting;

  /**
   * The asking host, if it could reach no other host and knows of no other; else null. Guarded by
   * this.
   */
  private @Nullable HostId cutOff;

  /**
   * Creates a request that waits for answers.
   *
   * @param merge joins the parts of one host's answer, in the order of arrival
   * @param enough returns whether a part of an answer makes all other answers needless
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
   * A host reports one part of its answer. A part with an index out of range is ignored.
   *
   * @param index the index of the part, from 0
   * @param count the number of parts of the whole answer, at least 1
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
      part.enough |= done;
    }
    if (done) {
      expire();
    } else {
      completeIfDone();
    }
  }

  /** A host reports that it has no answer, for this reason. */
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
    boolean anyEnough = parts.values().stream().anyMatch(part -> part.enough);
    parts.forEach(
        (host, part) -> {
          if (part.value != null && (part.complete() || part.enough)) {
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

  /** The reports of one host so far. All fields are guarded by the request. */
  private static final class Part<T> {
    /**
     * The indexes of the parts that arrived. A set grows only as parts arrive. An array would let a
     * host that announces billions of parts exhaust the memory.
     */
    private final Set<Integer> received = new HashSet<>();

    /** The number of parts that the host announced; 0 until its first part arrives. */
    private int count;

    /** The parts that arrived, merged; null until the first part arrives. */
    private @Nullable T value;

    /** Whether one part that arrived makes all other answers needless. */
    private boolean enough;

    /** Why the host will send nothing more; null while it may. */
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
